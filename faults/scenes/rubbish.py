"""F9, F10: bodies that are none, and floods of requests that nobody signed."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from faults import bodies, ledger
from faults.machine import ROOT, in_thread
from faults.report import quantile
from faults.scene import Scene
from faults.webhooks import Post

FLOOD = 2000.0
MEGABYTE = 1024 * 1024
MOST_GROWTH = 0.2
NEIGHBOURS = 20
SLOWEST = 0.1
VALID = "SELECT count(*) FROM inbox_message WHERE provider_id LIKE 'wamid.NEIGHBOUR%%'"
# What a signed body may be answered: taken, perhaps into quarantine, or refused for good.
FINE = {200, 400, 413}


def rubbish() -> Iterator[tuple[str, bytes]]:
    """Each kind of body that is not what Meta sends, by its name."""
    good = bodies.envelope(bodies.incoming("200000000000000", bodies.text("wamid.X", "49", "x")))
    yield "empty", b""
    yield "half a document", good[: len(good) // 2]
    yield "not JSON", b"\x00\xff" * 500
    yield "invalid UTF-8", good.replace(b'"x"', b'"\xff\xfe"')
    yield "NUL", good.replace(b'"x"', b'"a\\u0000b"')
    yield "lone surrogate", good.replace(b'"x"', b'"\\ud83d"')
    yield "duplicate keys", good.replace(b'"type":', b'"type": 1, "type":')
    yield "deep nesting", b'{"object":"whatsapp_business_account","entry":' + b"[" * 10_000
    yield "deep and closed", b'{"entry":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    yield (
        "huge number",
        b'{"object":"whatsapp_business_account","entry":[' + b"9" * 100_000 + b"]}",
    )
    yield "3 MB", b'{"entry":"' + b"a" * (3 * MEGABYTE) + b'"}'
    yield "30 MB", b'{"entry":"' + b"a" * (30 * MEGABYTE) + b'"}'
    yield "gzip bomb", gzip.compress(b"0" * (20 * MEGABYTE))
    parts: tuple[Any, ...] = (None, 7, "text", [], {"changes": 7}, {"changes": [{"value": []}]})
    for wrong in parts:
        body = {"object": "whatsapp_business_account", "entry": [wrong]}
        yield f"entry {wrong!r}", json.dumps(body).encode()


def with_neighbours() -> Iterator[Post]:
    """One broken part between two good ones, which must pass."""
    broken: tuple[Any, ...] = (
        7,
        None,
        "text",
        {"field": "messages", "value": {"messages": [7]}},
        {"field": []},
    )
    for place in range(NEIGHBOURS):
        number, who = "200000000000000", f"491700000{place % 10:04}"
        ids = [f"wamid.NEIGHBOUR{place}{side}" for side in "ab"]
        sides = [bodies.incoming(number, bodies.text(wamid, who, "Hi")) for wamid in ids]
        middle = broken[place % len(broken)]
        yield Post(bodies.envelope(sides[0], middle, sides[1]), [(number, one) for one in ids])


async def send_rubbish(scene: Scene) -> None:
    """All of it, again and again, beside the load."""
    before = (await in_thread(scene.machine.memory))[scene.name_of("web")]
    answers: dict[str, set[int]] = {}
    for post in with_neighbours():
        scene.meta.send(post)
    end = time.monotonic() + scene.load.seconds / 2
    rounds = 0
    while time.monotonic() < end or not rounds:
        for name, body in rubbish():
            tried = await scene.meta.post(body)
            answers.setdefault(name, set()).add(tried.status)
            await asyncio.sleep(0)
        rounds += 1
    after = (await in_thread(scene.machine.memory))[scene.name_of("web")]
    report, growth = scene.report, after / before - 1
    report.remarks.append(f"{rounds} rounds of {len(answers)} bodies")
    wrong = {name: seen for name, seen in answers.items() if not seen <= FINE}
    report.expect(f"rubbish is taken or refused, never an error ({wrong or 'all'})", not wrong)
    await scene.meta.settled(30)
    await in_thread(scene.until_applied)
    stored = await in_thread(ledger.ask, scene.database, VALID)
    report.expect(f"neighbours pass ({stored} of {2 * NEIGHBOURS})", stored == 2 * NEIGHBOURS)
    report.expect(f"the web process stays as it was ({growth:+.0%})", growth <= MOST_GROWTH)


async def flood(scene: Scene) -> None:
    """2,000 requests a second with a signature that fits nobody."""
    rate = FLOOD * scene.load.webhooks / 200
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "faults.flood", scene.machine.environment["PORT"], str(rate)),
        str(scene.load.seconds / 2),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    began = time.monotonic()
    output, _ = await process.communicate()
    seconds = time.monotonic() - began
    heard = {int(status): count for status, count in json.loads(output).items()}
    total = sum(heard.values())
    tries = [tried.seconds for tried in scene.tries_between(began, time.monotonic())]
    slowest = quantile(tries, 0.99)
    report = scene.report
    report.remarks.append(f"{total / seconds:.0f} unsigned requests a second of {rate:.0f} wanted")
    report.expect(f"each is refused with 401 ({heard})", set(heard) == {401})
    report.within(SLOWEST, slowest, "p99 of the valid ones")
