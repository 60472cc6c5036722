"""The webhook's door: who may knock, how large the parcel may be, and when it says 200."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time

import psycopg
import pytest
import redis
from django.db import connection
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.models import WhatsAppApp
from core.asgi import Message as Event
from inbox.intake.applier import apply_stored
from inbox.intake.door import LARGEST, Door
from inbox.intake.journal import Journal, connection_parameters
from inbox.models import Message as InboxMessage
from inbox.models import WebhookDelivery
from tests.cast import APP_SECRET, VERIFY_TOKEN
from tests.inbox.payloads.webhooks import body_of, envelope, incoming, message, sign

pytestmark = pytest.mark.django_db(transaction=True)
BODY = body_of(envelope(incoming(message(text="Olá 👋 / açaí"))))
PATH = "/webhooks/whatsapp/"


class Hands:
    """Notes down what the door hands over to be applied; has room for so many deliveries."""

    def __init__(self, room: int = 1000) -> None:
        self.taken: list[int] = []
        self.calls = 0
        self.room = room
        self.is_slow = False

    def is_behind(self) -> bool:
        return self.is_slow

    def lease(self) -> int | None:
        return 30 if len(self.taken) < self.room else None

    def take(self, deliveries=()) -> None:
        self.calls += 1
        self.taken += [each.pk for each in deliveries]


class Knock:
    """One request to a door in its own event loop."""

    def __init__(self, *, door: Door | None = None) -> None:
        self.hands = Hands()
        self.door = door

    def __call__(
        self,
        method: str = "POST",
        path: str = PATH,
        query: bytes = b"",
        chunks: tuple[bytes, ...] = (BODY,),
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> tuple[int, bytes]:
        return asyncio.run(self._go([(method, path, query, chunks, headers)]))[0]

    def many(self, bodies: list[bytes]) -> list[tuple[int, bytes]]:
        """All at the same time."""
        requests = [("POST", PATH, b"", (body,), [signed(body)]) for body in bodies]
        return asyncio.run(self._go(requests))

    async def _go(self, requests) -> list[tuple[int, bytes]]:
        door = self.door or Door(self.hands)
        try:
            return list(await asyncio.gather(*(self._one(door, *each) for each in requests)))
        finally:
            await door.journal.close()

    async def _one(self, door, method, path, query, chunks, headers) -> tuple[int, bytes]:
        sent: list[Event] = []
        waiting = list(chunks)

        async def receive() -> Event:
            chunk = waiting.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

        async def send(event: Event) -> None:
            sent.append(event)

        if headers is None:
            headers = [signed(b"".join(chunks))]
        scope = {"type": "http", "method": method, "path": path}
        await door(scope | {"query_string": query, "headers": headers}, receive, send)
        return sent[0]["status"], sent[1]["body"]


def signed(body: bytes, secret: str = APP_SECRET) -> tuple[bytes, bytes]:
    return (b"x-hub-signature-256", sign(body, secret))


@pytest.fixture
def knock(whatsapp_app: WhatsAppApp) -> Knock:
    return Knock()


def test_a_signed_delivery_is_in_the_journal_when_200_is_answered(knock, whatsapp_app):
    assert knock() == (200, b"")
    stored = WebhookDelivery.objects.get()
    assert (bytes(stored.body), stored.state, stored.app) == (BODY, "stored", whatsapp_app)
    assert knock.hands.taken == [stored.pk]


HEX = sign(BODY).removeprefix(b"sha256=")
SHA1 = hmac.new(APP_SECRET.encode(), BODY, hashlib.sha1).hexdigest().encode()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="missing"),
        pytest.param([(b"x-hub-signature-256", b"")], id="empty"),
        pytest.param([(b"x-hub-signature-256", b"sha256=")], id="prefix alone"),
        pytest.param([(b"x-hub-signature-256", HEX)], id="without prefix"),
        pytest.param([(b"x-hub-signature-256", b"sha256=" + HEX[:-1])], id="truncated"),
        pytest.param([(b"x-hub-signature-256", b"sha256=" + HEX.upper())], id="upper case"),
        pytest.param([(b"x-hub-signature-256", b"SHA256=" + HEX)], id="upper-case prefix"),
        pytest.param([(b"x-hub-signature-256", b"sha1=" + SHA1)], id="sha1"),
        pytest.param([(b"x-hub-signature", b"sha1=" + SHA1)], id="the old header"),
        pytest.param([(b"x_hub_signature_256", sign(BODY))], id="underscores"),
        pytest.param([signed(BODY), signed(BODY)], id="twice"),
        pytest.param([signed(BODY), signed(BODY, "other")], id="a second one"),
        pytest.param([signed(BODY, "other")], id="another secret"),
        pytest.param([signed(BODY, "")], id="no secret"),
        pytest.param([signed(BODY + b" ")], id="another body"),
        pytest.param([(b"x-hub-signature-256", b"sha256=" + b"0" * 64)], id="zeros"),
        pytest.param([(b"x-hub-signature-256", b"sha256=" + b"\xff" * 64)], id="no letters"),
    ],
)
def test_anything_but_one_right_signature_is_refused(knock, headers):
    assert knock(headers=headers)[0] == 401
    assert not WebhookDelivery.objects.exists()


def test_one_changed_byte_is_refused(knock):
    changed = BODY.replace(b"text", b"tExt", 1)
    assert knock(chunks=(changed,), headers=[signed(BODY)])[0] == 401


def test_the_signature_is_over_the_raw_bytes_as_meta_escapes_them(knock):
    escaped = json.dumps(json.loads(BODY)).replace("/", "\\/").encode()
    assert knock(chunks=(escaped,))[0] == 200
    assert bytes(WebhookDelivery.objects.get().body) == escaped


def test_two_secrets_fit_while_one_is_rotated(knock, whatsapp_app):
    whatsapp_app.app_secret, whatsapp_app.previous_app_secret = "new", APP_SECRET
    whatsapp_app.save()
    assert knock(headers=[signed(BODY, "new")])[0] == 200
    assert knock(headers=[signed(BODY, APP_SECRET)])[0] == 200


def test_any_active_app_may_sign_and_an_inactive_one_may_not(knock, whatsapp_app):
    other = WhatsAppApp.objects.create(
        name="Other", app_id="2", app_secret="second", verify_token="v2"
    )
    assert knock(headers=[signed(BODY, "second")])[0] == 200
    assert WebhookDelivery.objects.get().app == other
    WhatsAppApp.objects.filter(pk=other.pk).update(is_active=False)
    assert knock(headers=[signed(BODY, "second")])[0] == 401


def test_nobody_gets_in_where_no_app_is_set_up(db):
    assert Knock()(headers=[signed(BODY, "")])[0] == 401


def test_the_challenge_is_answered_to_who_knows_the_verify_token(knock):
    query = b"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    assert knock("GET", query=query + VERIFY_TOKEN.encode()) == (200, b"1158201444")


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
        b"hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        b"hub.challenge=1&hub.verify_token=" + VERIFY_TOKEN.encode(),
        b"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=" + VERIFY_TOKEN.encode(),
        b"%FF%FE=%00",
    ],
)
def test_nobody_else_gets_the_challenge(knock, query):
    assert knock("GET", query=query)[0] == 403


def test_an_app_without_a_verify_token_verifies_nobody(knock, whatsapp_app):
    WhatsAppApp.objects.filter(pk=whatsapp_app.pk).update(verify_token="")
    query = b"hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    assert knock("GET", query=query)[0] == 403


def test_other_paths_and_methods_are_told_so(knock):
    assert knock(path="/webhooks/telegram/")[0] == 404
    assert knock(path="/webhooks/whatsapp/../../admin/")[0] == 404
    assert knock("PUT")[0] == 405
    assert knock("DELETE")[0] == 405


def test_three_megabytes_are_taken_and_one_byte_more_is_not(knock):
    full = b"x" * LARGEST
    assert knock(chunks=(full,))[0] == 200
    assert knock(chunks=(full, b"y"))[0] == 413


def test_a_body_that_is_announced_too_large_is_not_read(knock):
    headers = [signed(BODY), (b"content-length", b"30000000")]
    assert knock(chunks=(), headers=headers)[0] == 413


def test_a_body_in_many_pieces_is_one(knock):
    pieces = tuple(BODY[i : i + 10] for i in range(0, len(BODY), 10))
    assert knock(chunks=pieces)[0] == 200
    assert bytes(WebhookDelivery.objects.get().body) == BODY


def test_what_arrives_together_shares_commits_and_each_is_stored(knock, monkeypatch):
    commits = []
    insert = Journal._insert

    async def counted(self, batch, lease):
        commits.append(len(batch))
        return await insert(self, batch, lease)

    monkeypatch.setattr(Journal, "_insert", counted)
    bodies = [body_of(envelope(incoming(message(text=f"number {n}")))) for n in range(60)]
    assert {status for status, _ in knock.many(bodies)} == {200}
    assert sorted(bytes(row.body) for row in WebhookDelivery.objects.all()) == sorted(bodies)
    assert len(commits) < 30
    assert sum(commits) == 60


def test_503_while_too_many_wait(knock, monkeypatch):
    monkeypatch.setattr("inbox.intake.journal.WAITING", 5)
    bodies = [body_of(envelope(incoming(message(text=f"number {n}")))) for n in range(30)]
    statuses = [status for status, _ in knock.many(bodies)]
    assert set(statuses) == {200, 503}
    assert WebhookDelivery.objects.count() == statuses.count(200)


def test_503_while_the_database_is_away_and_200_when_it_is_back(whatsapp_app):
    """Its connections are cut by the server, as in a restart; the door needs no restart."""

    async def story() -> list[int]:
        knock = Knock(door=(door := Door(Hands())))
        one = ("POST", PATH, b"", (BODY,), [signed(BODY)])
        statuses = [(await knock._one(door, *one))[0]]
        await asyncio.to_thread(cut_connections)
        statuses.append((await knock._one(door, *one))[0])
        journal = door.journal
        pool, journal._pool = journal._pool, None
        await pool.close()
        here, there = connection_parameters(), {"host": "/nowhere", "port": "1"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("inbox.intake.journal.connection_parameters", lambda: here | there)
            patch.setattr("inbox.intake.journal.PATIENCE", 0.2)
            statuses.append((await knock._one(door, *one))[0])
        await journal.close()
        statuses.append((await knock._one(door, *one))[0])
        await journal.close()
        return statuses

    assert asyncio.run(story()) == [200, 200, 503, 200]
    assert WebhookDelivery.objects.count() == 3


def test_503_at_once_for_all_while_the_journal_is_locked(knock, caplog):
    """As by an ALTER TABLE: nobody waits twice, nothing piles up, and then all is as before."""
    bodies = [body_of(envelope(incoming(message(text=f"number {n}")))) for n in range(50)]
    with psycopg.connect(**connection_parameters()) as other, other.transaction():
        other.execute("LOCK TABLE inbox_webhookdelivery IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        assert {status for status, _ in knock.many(bodies)} == {503}
        assert time.monotonic() - started < 2.5, "one lock_timeout of a second, not one each"
    assert {status for status, _ in knock.many(bodies)} == {200}
    assert WebhookDelivery.objects.count() == 50


def test_200_while_valkey_is_away_and_it_is_applied(knock, channel, monkeypatch):
    """The push is caught up with by the pages; the hint to the bots by the clock."""
    nowhere = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr("core.live.client", lambda: nowhere)
    assert knock()[0] == 200
    WebhookDelivery.objects.update(lease_until=None)
    assert apply_stored() == 1
    assert InboxMessage.objects.count() == 1


def cut_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'sash journal'"
        )
    connection.close()


def test_what_is_handed_over_is_held_and_the_rest_is_anybodys(knock):
    """A process that has too much in its hands leaves the rest to whoever has time."""
    knock()
    assert WebhookDelivery.objects.get().lease_until > timezone.now()
    knock.hands.room = 0
    knock()
    assert WebhookDelivery.objects.filter(lease_until=None).count() == 1
    assert (len(knock.hands.taken), knock.hands.calls) == (1, 2)


def test_an_applier_that_is_behind_for_ever_delays_an_answer_but_refuses_none(knock):
    knock.hands.is_slow = True
    assert [knock()[0] for _ in range(3)] == [200, 200, 200]
    assert len(knock.hands.taken) == 3


def test_neither_bodies_nor_tokens_are_logged(knock, caplog):
    caplog.set_level("DEBUG")
    knock()
    knock(headers=[signed(BODY, "other")])
    knock("GET", query=b"hub.verify_token=" + VERIFY_TOKEN.encode())
    assert "açaí" not in caplog.text
    assert VERIFY_TOKEN not in caplog.text
    assert APP_SECRET not in caplog.text
