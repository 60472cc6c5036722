"""What the database itself refuses, whoever writes."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Channel, User
from core.events import record
from core.models import AuditEvent
from inbox.models import Contact, Conversation, Event, Message
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_contact_has_one_open_conversation_on_a_channel(
    conversation: Conversation, diego: Contact, channel: Channel
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(contact=diego, channel=channel)
    Conversation.objects.filter(pk=conversation.pk).update(status="closed")
    Conversation.objects.create(contact=diego, channel=channel)


def test_a_provider_id_is_stored_once_on_a_channel(conversation: Conversation) -> None:
    cast.inbound(conversation, provider_id="wamid.once")
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.inbound(conversation, provider_id="wamid.once")


def test_a_status_only_rises_except_for_a_message_queued_again(conversation: Conversation) -> None:
    message = cast.outbound(conversation, status=Message.Status.READ)
    rows = Message.objects.filter(pk=message.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(status=Message.Status.DELIVERED, rank=6)
    rows.update(status=Message.Status.PLAYED, rank=8)
    failed = cast.outbound(conversation, status=Message.Status.FAILED)
    Message.objects.filter(pk=failed.pk).update(status=Message.Status.QUEUED, rank=0)


def test_only_an_open_conversation_is_snoozed(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(
            status="closed", snoozed_until=cast.AT
        )


def test_what_happened_is_never_rewritten(conversation: Conversation, ana: User) -> None:
    event = conversation.events.create(kind="closed", at=cast.AT, actor=ana)
    audit = record(kind="person.deactivated", actor=ana, at=cast.AT, subject=ana)
    for rows in (Event.objects.filter(pk=event.pk), AuditEvent.objects.filter(pk=audit.pk)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(kind="something.else")
    ana.delete()
    event.refresh_from_db()
    assert event.actor is None


def test_every_write_stamps_the_row_with_its_transaction(conversation: Conversation) -> None:
    conversation.refresh_from_db()
    assert conversation.seq > 0
    message = cast.inbound(conversation)
    message.refresh_from_db()
    assert message.seq > 0
