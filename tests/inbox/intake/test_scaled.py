"""The intake as processes of its own: two share the work, and what one leaves another finds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psutil
import pytest
from django.db import connection

from config.process import SCALED
from config.services.valkey import free_port
from inbox.intake.applier import apply_stored
from inbox.models import Contact, Conversation, Message, WebhookDelivery
from tests.inbox.intake.test_door import PATH, signed
from tests.inbox.payloads.webhooks import body_of, contact, envelope, incoming, message

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_line_of_the_scaled_intake_runs_two_processes() -> None:
    assert "config.intake:application" in SCALED["intake"]
    assert '"${SASH_INTAKE_WORKERS:-2}"' in SCALED["intake"]


@contextmanager
def intake(port: int, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process of that name, until it is told to end."""
    database = connection.settings_dict
    url = os.environ["DATABASE_URL"].replace("/sash?", f"/{database['NAME']}?")
    given = os.environ | {"DATABASE_URL": url, "PORT": str(port), "BIND": "127.0.0.1"} | settings
    process = subprocess.Popen(
        [sys.executable, "-m", "config.process", "intake"],
        cwd=ROOT,
        env=given,
        start_new_session=True,
    )
    try:
        assert wait_until(lambda: knock(port) == 200), "it never answered"
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def knock(port: int, body: bytes | None = None) -> int:
    """The status of one request; 0 when nobody answers."""
    path = PATH if body is not None else "/healthz"
    headers = {name.decode(): value.decode() for name, value in [signed(body)] if body}
    request = Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers)
    try:
        with urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def post(port: int, number: int) -> int:
    """One message of one of seven customers, posted as Meta does: until it is answered 200."""
    people = [contact(f"3460000{number % 7:04d}", name=f"Customer {number % 7}")]
    item = message(text="Hello", id=f"wamid.{number}", sender=people[0]["wa_id"])
    body = body_of(envelope(incoming(item, people=people)))
    assert wait_until(lambda: knock(port, body) == 200)
    return number


def test_two_share_one_port_and_one_that_is_killed_loses_and_doubles_nothing(channel) -> None:
    port = free_port()
    with intake(port) as leader, ThreadPoolExecutor(4) as posters:
        posted = [posters.submit(post, port, number) for number in range(40)]
        workers = psutil.Process(leader.pid).children(recursive=True)
        victim = next(each for each in workers if "spawn_main" in " ".join(each.cmdline()))
        victim.kill()
        posted += [posters.submit(post, port, number // 2) for number in range(40, 120)]
        assert {each.result() for each in posted} == set(range(60))
    WebhookDelivery.objects.update(lease_until=None)  # as half a minute later
    apply_stored()

    assert not WebhookDelivery.objects.exclude(state="applied").exists()
    assert Message.objects.count() == 60
    assert Contact.objects.count() == Conversation.objects.count() == 7
    for conversation in Conversation.objects.all():
        assert conversation.inbound_count == conversation.messages.count()


def test_what_was_taken_is_applied_before_it_ends(channel) -> None:
    port = free_port()
    with intake(port, SASH_INTAKE_WORKERS="1"):
        for number in range(20):
            post(port, number)
    assert WebhookDelivery.objects.filter(state="applied").count() == 20
    assert Message.objects.count() == 20


def wait_until(is_true, seconds: float = 30) -> bool:
    """Ask every few milliseconds, by an event that nobody sets."""
    patience = threading.Event()
    for _ in range(int(seconds * 20)):
        if is_true():
            return True
        patience.wait(0.05)
    return False
