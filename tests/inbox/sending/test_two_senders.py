"""Two real senders share the work, keep each number's rate, and one survives the other."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import monotonic
from urllib.request import urlopen

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Channel, Team, Waba
from inbox.models import Conversation, Message, OutboxEntry, SendingTurn
from inbox.outbox import add_to_outbox
from tests import cast
from tests.inbox.sending.processes import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS, EACH, RATE = 4, 50, 20  # beside the phone app


@pytest.fixture
def api() -> Iterator[str]:
    """A Cloud API that takes 100 ms and keeps when each call arrived."""
    command = [sys.executable, "-m", "bench.fake_api"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def channels(waba: Waba, support: Team) -> list[Channel]:
    numbers = [cast.make_number(waba, f"55{index}") for index in range(NUMBERS)]
    for number in numbers:
        number.is_on_business_app = True
        number.save()
    return [cast.make_channel(number, support) for number in numbers]


@pytest.fixture
def talks(channels: list[Channel], now: datetime) -> list[Conversation]:
    """As many customers of every number."""
    found = []
    for index in range(NUMBERS * EACH):
        contact = cast.make_contact(f"Customer {index}", f"3461{index:07d}")
        talk = cast.conversation_with(contact, channels[index % NUMBERS])
        talk.window_closes_at = now + timedelta(hours=20)
        talk.save()
        found.append(talk)
    return found


def _queue(talk: Conversation, now: datetime) -> int:
    message = cast.outbound(talk, "News", at=now, status="queued", provider_id=None)
    expires_at = now + timedelta(hours=1)
    lane = OutboxEntry.Lane.BULK
    add_to_outbox(message, contact_id=talk.contact_id, lane=lane, expires_at=expires_at, at=now)
    return message.pk


def ledger(api: str) -> list[tuple[float, str, str]]:
    with urlopen(f"{api}/_ledger", timeout=10) as answer:
        return [(at, number, opaque) for at, number, opaque in json.loads(answer.read())]


def shares() -> Counter[str]:
    """How many numbers each sender has."""
    return Counter(SendingTurn.objects.exclude(worker="").values_list("worker", flat=True))


def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    end = monotonic() + seconds
    while not condition():
        if monotonic() > end:
            raise TimeoutError("it did not happen")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")


def start(api: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "send"], cwd=ROOT, env=environment(api))


def most_in_a_second(moments: list[float]) -> int:
    moments = sorted(moments)
    return max(sum(at - 1 < other <= at for other in moments) for at in moments)


def test_two_senders_share_the_numbers_and_one_finishes_what_the_other_left(
    api: str, talks: list[Conversation], now: datetime
) -> None:
    senders = [start(api), start(api)]
    try:
        until(lambda: sorted(shares().values()) == [NUMBERS // 2] * 2)
        queued = [_queue(talk, now) for talk in talks]  # a broadcast from every number
        until(lambda: len(ledger(api)) >= 60)
        workers = shares()
        assert sorted(workers.values()) == [NUMBERS // 2] * 2
        senders[0].kill()
        dead = next(worker for worker in workers if f":{senders[0].pid}:" in worker)
        lapsed = timezone.now() - timedelta(seconds=1)

        def is_taken_over() -> bool:
            # Its last claim may be committed by the server after its end.
            OutboxEntry.objects.filter(claimed_by=dead).update(lease_until=lapsed)
            return not OutboxEntry.objects.exclude(state="unknown").exists()

        until(is_taken_over)
    finally:
        for sender in senders:
            sender.send_signal(signal.SIGTERM)
            sender.wait(30)

    calls = ledger(api)
    assert {number for _, number, _ in calls} == {f"55{i}" for i in range(NUMBERS)}
    called = Counter(opaque for _, _, opaque in calls)
    assert set(called.values()) == {1}, "nothing twice"
    statuses = dict(Message.objects.filter(pk__in=queued).values_list("pk", "status"))
    assert set(statuses.values()) <= {"accepted", "unknown"}
    doubtful = {pk for pk, status in statuses.items() if status == "unknown"}
    assert len(doubtful) <= 2 * RATE, "only what the dead one had begun"
    assert {f"sash:{pk}" for pk in set(queued) - doubtful} <= set(called), "nothing lost"
    for number in {number for _, number, _ in calls}:
        # Two that count for themselves would reach twice the rate; a busy machine adds its own.
        moments = [at for at, name, _ in calls if name == number]
        assert most_in_a_second(moments) <= RATE * 1.15
