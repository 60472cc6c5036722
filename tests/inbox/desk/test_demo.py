"""The demo's data: there once, believable, and never in somebody's own database unasked."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Channel, PhoneNumber, User
from inbox.actions.archives import verify_archives
from inbox.management.demo.business import FOLDER
from inbox.management.demo.people import PASSWORD
from inbox.models import Attachment, Contact, Conversation, Identity, Message, OutboxEntry
from inbox.queries.views import in_view
from simulator.seed import ACCOUNT, CUSTOMERS, NUMBERS
from simulator.seed_templates import TEMPLATES

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(settings: Any, tmp_path: Any) -> str:
    """The demo, and what it printed."""
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_five_people_may_sign_in_with_the_printed_password(told: str) -> None:
    for name in ("ana", "ben", "cleo", "sofia", "omar"):
        assert f"{name}@sash.test" in told
        assert User.objects.get(email=f"{name}@sash.test").check_password(PASSWORD)
    assert PASSWORD in told


def test_a_second_run_changes_nothing(told: str, settings: Any) -> None:
    ana = User.objects.get(email="ana@sash.test")
    ana.set_password("my own from now on")
    ana.save()
    before = [model.objects.count() for model in (User, Channel, Contact, Conversation, Message)]
    call_command("seed_demo", stdout=StringIO())
    after = [model.objects.count() for model in (User, Channel, Contact, Conversation, Message)]
    assert before == after
    ana.refresh_from_db()
    assert ana.check_password("my own from now on")


def test_every_list_has_something_in_it(told: str) -> None:
    assert Conversation.objects.count() == 40
    people = {name: User.objects.get(email=f"{name}@sash.test") for name in ("ana", "ben", "omar")}
    now = timezone.now()
    for view in ("open", "unassigned", "closing", "snoozed", "closed", "archived"):
        assert in_view(people["omar"], view, now).exists(), view
    for view in ("mine", "closing"):
        assert in_view(people["ana"], view, now).exists(), view
    assert in_view(people["ben"], "mention", now).exists()
    assert Conversation.objects.filter(preview_failed=True).exists()
    assert Conversation.objects.filter(floor="bot", flow_runs__ended_at=None).exists()
    assert Conversation.objects.filter(status="open", window_closes_at__lt=now).exists()


def test_nothing_is_sent_and_nothing_is_broken(told: str) -> None:
    assert not OutboxEntry.objects.exists()
    assert verify_archives() == []
    for conversation in Conversation.objects.all():
        messages = conversation.messages.exclude(direction="note")
        assert conversation.message_count == messages.count()
        assert conversation.inbound_count == messages.filter(direction="in").count()
    for message in Message.objects.filter(kind="image"):
        assert message.attachments.get().state == Attachment.State.READY


def test_numbers_customers_and_templates_are_those_of_the_simulator(told: str) -> None:
    assert {(n.phone_number_id, n.display_phone_number) for n in PhoneNumber.objects.all()} == {
        row[:2] for row in NUMBERS
    }
    assert PhoneNumber.objects.values_list("waba__waba_id", flat=True).distinct().get() == ACCOUNT
    known = set(Identity.objects.filter(kind="bsuid").values_list("value", flat=True))
    assert {customer["user_id"] for customer in CUSTOMERS} <= known
    texts = json.loads((FOLDER / "templates.json").read_text(encoding="utf-8"))
    assert [(t["name"], t["language"], t["components"]) for t in texts] == [
        (t["name"], t["language"], t["components"]) for t in TEMPLATES
    ]


def test_ones_own_database_is_not_filled_unasked(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="SASH_DEMO=1"):
        call_command("seed_demo")
    assert not User.objects.exists()
