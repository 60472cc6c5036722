"""How much goes over the wire for what an agent does all day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from inbox import fragments
from inbox.models import Contact, Conversation, Event, Label, Message
from inbox.queries.views import with_neutral_parts
from tests import cast

pytestmark = pytest.mark.django_db
KB = 1024
LIST = {"HX-Request": "true", "HX-Target": "list"}
Make = Callable[..., Conversation]


@pytest.fixture
def talks(conversation_with: Make, ana: User) -> list[Conversation]:
    """More rows than a page, each with a usual preview, waiting, and every other with a label."""
    at = timezone.now() - timedelta(hours=2)
    label = Label.objects.create(name="Delivery")
    made = []
    for index in range(40):
        contact = cast.make_contact(f"Customer Number {index}", f"346300000{index:02d}")
        row = conversation_with(contact, assignee=ana, at=at)
        cast.inbound(row, "Hello, I ordered two lamps last week and only one came. " * 2, at=at)
        if index % 2:
            row.labels.add(label)
        made.append(row)
    return made


def test_a_list_is_25_kb_at_most(client: Client, ana: User, talks: list[Conversation]) -> None:
    client.force_login(ana)
    page = client.get("/inbox/all/", headers=LIST).content
    assert page.count(b'class="entry"') == 20
    assert len(page) <= 25 * KB


def test_a_row_and_a_message_are_updated_with_2_kb_at_most(talks: list[Conversation]) -> None:
    rows = list(with_neutral_parts(Conversation.objects.filter(pk=talks[1].pk)))
    assert len(fragments.rows_frame(rows, timezone.now()).encode()) <= 2 * KB
    message = cast.outbound(talks[1], "It left our house today.", talks[1].assignee)
    assert len(fragments.thread_frame(talks[1].pk, [message]).encode()) <= 2 * KB


def test_a_piece_is_drawn_anew_whenever_it_would_look_different(
    talks: list[Conversation], ana: User
) -> None:
    """Pieces are kept for whoever looks next; what they show must never be old."""
    there, at = talks[0], timezone.now()

    def row(moment: object = at) -> str:
        found = list(with_neutral_parts(Conversation.objects.filter(pk=there.pk)))
        return fragments.rows_frame(found, moment)  # type: ignore[arg-type]

    seen = {row()}
    Contact.objects.filter(pk=there.contact_id).update(name="Renamed")
    seen.add(row())
    there.labels.add(Label.objects.create(name="Fresh", colour="red"))
    seen.add(row())
    User.objects.filter(pk=ana.pk).update(name="Anna Souza")
    seen.add(row())
    Conversation.objects.filter(pk=there.pk).update(preview="Another preview")
    seen.add(row())
    seen.add(row(at + timedelta(hours=3)))
    assert len(seen) == 6
    assert row() in seen


def test_a_bubble_is_drawn_anew_with_its_status_and_its_reactions(
    talks: list[Conversation], ana: User
) -> None:
    message = cast.outbound(talks[0], "On its way", ana)

    def bubble() -> str:
        return fragments.thread_frame(1, [Message.objects.get(pk=message.pk)])

    seen = {bubble()}
    for fields in ({"status": "read"}, {"text": "Edited"}, {"status": "failed", "error_code": 7}):
        Message.objects.filter(pk=message.pk).update(**fields)
        seen.add(bubble())
    message.reactions.create(author_kind="customer", emoji="👍", at=cast.AT)
    seen.add(bubble())
    assert len(seen) == 5


def test_a_snoozed_row_and_its_line_say_until_when(
    client: Client, ana: User, talks: list[Conversation]
) -> None:
    until = timezone.now() + timedelta(hours=5)
    there = talks[0]
    Conversation.objects.filter(pk=there.pk).update(snoozed_until=until)
    data = {"until": until.isoformat()}
    event = Event.objects.create(conversation=there, kind="snoozed", at=cast.AT, data=data)
    client.force_login(ana)
    moment = f'datetime="{int(until.timestamp() * 1000)}"'
    assert moment in client.get("/inbox/snoozed/", headers=LIST).text
    assert moment not in client.get("/inbox/closed/", headers=LIST).text
    assert moment in fragments.thread_frame(there.pk, [event])
    for nonsense in ({}, {"until": None}, {"until": "soon"}, {"until": "2026-01-01"}):
        event.data = nonsense
        assert "long" not in fragments.thread_frame(there.pk, [event])
