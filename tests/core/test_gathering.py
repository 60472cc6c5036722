"""Related rows that come with their owners: what was gathered costs no query, the rest does."""

import uuid
from collections.abc import Callable

import pytest
from django.db.models import OuterRef

from accounts.models import User
from core.gathering import Gathered, gather
from inbox.models import Conversation, Event, Identity, Label, Message
from tests import cast

pytestmark = pytest.mark.django_db
NumQueries = Callable[[int], object]


def test_relations_are_read_as_after_a_prefetch(
    conversation: Conversation, django_assert_num_queries: Callable[..., NumQueries]
) -> None:
    for name in ("Urgent", "Refund"):
        conversation.labels.add(Label.objects.create(name=name, colour="red"))
    rows = gather(
        Conversation.objects.select_related("contact"),
        labels=Gathered(
            Label.objects.filter(conversations=OuterRef("pk")).order_by("name"), "name", "colour"
        ),
        contact__identities=Gathered(
            Identity.objects.filter(contact=OuterRef("contact")).order_by("kind"), "kind", "key"
        ),
    )
    with django_assert_num_queries(1):
        row = rows.filter(status="open").get()
        assert [(each.name, each.colour) for each in row.labels.all()] == [
            ("Refund", "red"),
            ("Urgent", "red"),
        ]
        assert [each.kind for each in row.contact.identities.all()] == ["phone", "wa_id"]
        assert row.labels.count() == 2
        assert bool(row.labels.all())
    with django_assert_num_queries(1):
        assert [each.name for each in row.labels.filter(name="Urgent")] == ["Urgent"]
    with django_assert_num_queries(0):
        assert len(row.labels.all()) == 2


def test_types_relations_and_nothing_come_back_as_they_were(
    conversation: Conversation, ana: User, django_assert_num_queries: Callable[..., NumQueries]
) -> None:
    key = uuid.uuid4()
    said = cast.outbound(conversation, "Said", ana, client_uuid=key)
    heard = cast.inbound(conversation, "Heard")
    rows = gather(
        Conversation.objects.all(),
        newest=Gathered(
            Message.objects.filter(conversation=OuterRef("pk")).order_by("pk")[:5],
            "text",
            "at",
            "client_uuid",
            "payload",
            "author__name",
        ),
        events=Gathered(Event.objects.filter(conversation=OuterRef("pk")), "kind"),
    )
    with django_assert_num_queries(1):
        row = rows.get()
        first, second = row.newest  # type: ignore[attr-defined]
        assert (first.pk, first.text) == (said.pk, "Said")
        assert (first.at, first.client_uuid) == (cast.AT, key)
        assert (str(first.author), first.payload) == ("Ana Souza", {})
        assert (second.pk, second.author) == (heard.pk, None)
        assert list(row.events.all()) == []
    with django_assert_num_queries(1):
        assert first.kind == "text", "what was not gathered is asked for"
