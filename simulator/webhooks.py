"""The only place that delivers webhooks: signed, in order per customer, again until answered 200.

What a receiver sees follows Meta's page "Create a webhook endpoint".
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

from .clock import DAY, Clock
from .envelope import wrap_events
from .hub import Hub
from .options import Options
from .settings import Settings
from .store import Doc, Store

SLOTS = 16
GIVE_UP = 7 * DAY
TIMEOUT = aiohttp.ClientTimeout(total=20)


def meta_json(value: Any) -> bytes:
    """JSON as Meta writes it: non-ASCII as \\uXXXX and `/` as `\\/`."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Courier:
    """Queue and sender of webhooks. `on_delivered` hears of each event that was answered 200."""

    def __init__(
        self, options: Options, store: Store, clock: Clock, settings: Settings, hub: Hub
    ) -> None:
        self._options, self._store, self._clock = options, store, clock
        self._settings, self._hub = settings, hub
        self._lanes: dict[str, deque[Doc]] = {}
        self._under_way: set[int] = set()
        self._retries: dict[int, asyncio.TimerHandle] = {}
        self._slots = asyncio.Semaphore(SLOTS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.on_delivered: Callable[[Doc], None] = lambda event: None

    async def start(self) -> None:
        connector = aiohttp.TCPConnector(limit=SLOTS * 2)
        self._session = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT)
        self.resume()

    def resume(self) -> None:
        """Try all that is pending at once: after a start, a pause, or with a new address."""
        self._forget_retries()
        busy = {event["seq"] for lane in self._lanes.values() for event in lane}
        busy |= self._under_way
        rows = self._store.all("SELECT * FROM webhooks WHERE state = 'pending' ORDER BY seq")
        for event in rows:
            if event["seq"] not in busy:
                self._line_up(event)

    def give_up(self) -> None:
        """Drop what is waiting or under way."""
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()
        self._under_way.clear()
        self._forget_retries()

    def _forget_retries(self) -> None:
        for timer in self._retries.values():
            timer.cancel()
        self._retries.clear()

    async def stop(self) -> None:
        self._forget_retries()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def publish(
        self, account: str, field: str, value: Doc, *, number: str = "", lane: str = ""
    ) -> int:
        """Queue one change for the subscribed app; the id of the event in the log."""
        subscribed = (self._store.get("accounts", account) or {}).get("subscribed", False)
        event: Doc = {
            "at": self._clock.real(), "account": account, "number": number, "field": field,
            "lane": lane or account, "value": json.dumps(value), "attempts": 0,
            "state": "pending" if subscribed else "unsubscribed", "due": self._clock.real(),
            "answer": "",
        }  # fmt: skip
        marks = ", ".join("?" * len(event))
        sql = f"INSERT INTO webhooks ({', '.join(event)}) VALUES ({marks})"  # noqa: S608
        event["seq"] = self._store.run(sql, *event.values())
        if event["seq"] % 500 == 0:
            self._trim(event["seq"])
        if subscribed:
            self._line_up(event)
            if random.random() * 100 < self._settings.duplicate_percent:
                self._line_up(event)
        self._hub.publish("webhook", seq=event["seq"])
        return int(event["seq"])

    def redeliver(self, seq: int, times: int = 1) -> bool:
        """Send a logged event again, as Meta's retries may after it was answered."""
        event = self._store.one("SELECT * FROM webhooks WHERE seq = ?", seq)
        for _ in range(times if event else 0):
            self._line_up(dict(event or {}))
        return event is not None

    def _trim(self, seq: int) -> None:
        self._store.run(
            "DELETE FROM webhooks WHERE seq < ? AND state != 'pending'",
            seq - self._settings.keep_log,
        )

    def _line_up(self, event: Doc) -> None:
        if self._settings.webhooks_paused:
            return
        key = self._lane_of(event)
        waiting = self._lanes.get(key)
        if waiting is not None:
            waiting.append(event)
            return
        self._lanes[key] = deque([event])
        self._spawn(self._drain(key))

    def _lane_of(self, event: Doc) -> str:
        if self._settings.shuffle:
            return f"alone {event['seq']} {random.random()}"
        url = self.target(event)[0]
        return url if self._settings.batch_max > 1 else f"{url} {event['lane']}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, key: str) -> None:
        lane = self._lanes[key]
        try:
            if self._settings.shuffle:
                await asyncio.sleep(random.random() * 0.4)
            while lane:
                await self._send_some(lane)
        finally:
            if self._lanes.get(key) is lane:
                del self._lanes[key]

    async def _send_some(self, lane: deque[Doc]) -> None:
        most = max(1, min(self._settings.batch_max, 1000))
        if most > 1 and len(lane) < most:
            await asyncio.sleep(self._settings.batch_ms / 1000)
        events = [lane.popleft() for _ in range(min(most, len(lane)))]
        keys = {event["seq"] for event in events}
        self._under_way |= keys
        try:
            async with self._slots:
                await self._post(events)
        finally:
            self._under_way -= keys

    def target(self, event: Doc) -> tuple[str, str]:
        """Callback and its verify token: the number's own, else the account's, else the app's."""
        for kind, key in (("numbers", event["number"]), ("accounts", event["account"])):
            override = (self._store.get(kind, key) or {}).get("webhook") or {}
            if override.get("override_callback_uri"):
                return override["override_callback_uri"], override.get("verify_token", "")
        app = self._store.get("app", "webhook") or {}
        return (
            app.get("url", self._options.webhook_url),
            app.get("verify_token", self._options.verify_token),
        )

    async def _post(self, events: list[Doc]) -> None:
        url = self.target(events[0])[0]
        body = meta_json(wrap_events(events))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(self._options.app_secret, body),
        }
        status, answer = await self._answer_of(url, body, headers)
        for event in events:
            self._settle(event, status == 200, f"{status or ''} {answer}".strip())

    async def _answer_of(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        if not url or self._session is None:
            return 0, "no webhook URL is set"
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                text = (await answer.read())[:300].decode("utf-8", "replace")
                return answer.status, text
        except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
            return 0, f"{type(problem).__name__}: {problem}"

    def _settle(self, event: Doc, delivered: bool, answer: str) -> None:
        real = self._clock.real()
        event["attempts"] += 1
        state, due = "delivered", real
        if not delivered:
            wait = self._wait_before(event["attempts"])
            state, due = "pending", real + wait
            if due > event["at"] + GIVE_UP:
                state = "dropped"
        if event["state"] != "delivered":  # a copy that fails does not undo the first answer
            event["state"] = state
            self._store.run(
                "UPDATE webhooks SET state = ?, attempts = ?, due = ?, answer = ? WHERE seq = ?",
                *(state, event["attempts"], due, answer[:400], event["seq"]),
            )
        if delivered:
            self.on_delivered(event)
        elif state == "pending":
            self._retry(event, due - real)
        self._hub.publish("webhook", seq=event["seq"])

    def _retry(self, event: Doc, wait: float) -> None:
        if old := self._retries.get(event["seq"]):
            old.cancel()
        loop = asyncio.get_running_loop()
        self._retries[event["seq"]] = loop.call_later(wait, self._try_again, event)

    def _try_again(self, event: Doc) -> None:
        self._retries.pop(event["seq"], None)
        self._line_up(event)

    def _wait_before(self, attempt: int) -> float:
        first, factor = self._settings.retry_first_ms, self._settings.retry_factor
        return (
            float(min(first * factor ** min(attempt - 1, 40), self._settings.retry_most_ms)) / 1000
        )
