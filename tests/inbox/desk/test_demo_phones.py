"""The demo beside the simulator: what is written there arrives, while Sash's window is open."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from inbox.actions.messages import WindowClosed, send_message
from inbox.management.demo.business import FOLDER, NUMBERS
from inbox.models import Contact, Conversation, Message, OutboxEntry, SessionWindow
from inbox.transports.whatsapp_bodies import recipient_of
from tests import cast
from tests.inbox.sending.processes import Platform, run_platform, running_sender

pytestmark = pytest.mark.django_db(transaction=True)
ARRIVED = {"delivered", "read"}
TEMPLATE = {"name": "hello_world", "language": {"code": "en_US"}}


@pytest.fixture
def file(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo in the database, and the file that it writes for the simulator."""
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    monkeypatch.setenv("SIMULATOR_ACCESS_TOKEN", cast.ACCESS_TOKEN)
    monkeypatch.setenv("SIMULATOR_CUSTOMERS", str(tmp_path / "customers.json"))
    call_command("seed_demo", stdout=StringIO())
    return tmp_path / "customers.json"


@pytest.fixture
def platform(file: Path) -> Iterator[Platform]:
    """A simulator that finds that file in its environment, as with `make run`."""
    with run_platform() as platform:
        platform.ask("PATCH", "/_sim/settings", {"sent_ms": 1, "delivered_ms": 1, "read_ms": 1})
        yield platform


def demo() -> dict[str, Any]:
    """Key -> customer."""
    return dict(json.loads((FOLDER / "contacts.json").read_text(encoding="utf-8")))


def fates(platform: Platform, count: int) -> dict[str, str]:
    """Message id -> delivered or the code of its failure, once so many have met theirs."""
    found: dict[str, str] = {}
    while len(found) < count:
        for entry in json.loads(platform.posts.get(timeout=10))["entry"]:
            for change in entry["changes"]:
                for status in change["value"].get("statuses", []):
                    if status["status"] == "failed":
                        found[status["id"]] = str(status["errors"][0]["code"])
                    elif status["status"] in ARRIVED:
                        found[status["id"]] = "delivered"
    return found


def test_every_customer_of_the_demo_is_reached(platform: Platform) -> None:
    contacts = Contact.objects.prefetch_related("identities")
    assert len(contacts) == len(demo())
    ids = []
    for contact in contacts:
        body = {"messaging_product": "whatsapp", "type": "template", "template": TEMPLATE}
        addresses = [(row.kind, row.value) for row in contact.identities.all()]
        path = f"/{NUMBERS['br'][0]}/messages?access_token={cast.ACCESS_TOKEN}"
        answer = platform.ask("POST", path, body | recipient_of(addresses))
        ids.append(answer["messages"][0]["id"])
    assert fates(platform, len(ids)) == dict.fromkeys(ids, "delivered")


def test_an_answer_to_every_open_window_arrives(platform: Platform) -> None:
    omar, now = User.objects.get(email="omar@sash.test"), timezone.now()
    rows = Conversation.objects.filter(
        status="open", contact__is_blocked=False, window_closes_at__gt=now
    )
    sent = [
        send_message(conversation=row, author=omar, text="We are on it.", at=now) for row in rows
    ]
    assert len(sent) > 20
    with running_sender(platform.url):
        mine = Message.objects.filter(pk__in=[message.pk for message in sent])
        platform.apply_webhooks(until=lambda: not mine.exclude(status__in=ARRIVED).exists())
    assert set(mine.values_list("error_code", flat=True)) == {None}


def test_an_answer_to_a_closed_window_does_not_pass_sashs_own_gate(platform: Platform) -> None:
    omar, now = User.objects.get(email="omar@sash.test"), timezone.now()
    rows = Conversation.objects.filter(
        status="open", contact__is_blocked=False, window_closes_at__lt=now
    )
    assert rows
    for row in rows:
        with pytest.raises(WindowClosed):
            send_message(conversation=row, author=omar, text="We are on it.", at=now)
    assert not OutboxEntry.objects.exists()
    assert platform.sent() == []


def test_every_window_ends_there_when_it_ends_here(platform: Platform) -> None:
    people = platform.ask("GET", "/_sim/customers")["customers"]
    assert {one["id"] for one in people} == set(demo())
    windows = SessionWindow.objects.select_related("channel__number")
    for key, values in demo().items():
        for window in windows.filter(contact__profile_name=values["profile_name"]):
            number = window.channel.number.phone_number_id
            there = platform.ask("GET", f"/_sim/thread?customer={key}&number={number}")
            here = (window.closes_at - timezone.now()).total_seconds()
            assert there["window_left_s"] == pytest.approx(here, abs=5), key


def test_a_later_start_tells_of_what_was_written_since(file: Path) -> None:
    marina = Contact.objects.get(profile_name="Marina Souza")
    window, now = SessionWindow.objects.get(contact=marina), timezone.now()
    cast.inbound(marina.conversations.get(status="open"), "E então?", at=now)
    call_command("seed_demo", stdout=StringIO())
    told = {one["id"]: one for one in json.loads(file.read_text(encoding="utf-8"))}
    times = told["marina"]["last_message_at"]
    assert times == {window.channel.number.phone_number_id: pytest.approx(now.timestamp())}


def test_without_a_simulator_no_file_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.unlink()
    monkeypatch.delenv("SIMULATOR_CUSTOMERS")
    call_command("seed_demo", stdout=StringIO())
    assert list(file.parent.glob("*.json")) == []
