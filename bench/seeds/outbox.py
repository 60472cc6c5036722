"""Messages that wait to be sent, as a broadcast leaves them: valid rows, written together."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Channel
from inbox.models import Contact, Conversation, Identity, Message, OutboxEntry

QUEUED = Message.Status.QUEUED
AT_ONCE = 2000
FIRST_PHONE = 5521900000000
WINDOW = timedelta(hours=23)


def run(*, rows: int, customers: int, numbers: int | None = None) -> dict[str, Any]:
    """So many rows over the first channels in turn, and over so many customers of each.

    Answers the ids of the conversations by the number that they belong to.
    """
    channels = list(Channel.objects.select_related("number").order_by("pk")[:numbers])
    talks = [
        make_conversations(channel, place, customers) for place, channel in enumerate(channels)
    ]
    chosen = [talks[place % len(talks)][place // len(talks) % customers] for place in range(rows)]
    for start in range(0, len(chosen), AT_ONCE):
        queue(chosen[start : start + AT_ONCE])
    ids = [channel.number.phone_number_id for channel in channels if channel.number]
    return {number: [talk.pk for talk in own] for number, own in zip(ids, talks, strict=True)}


def make_conversations(channel: Channel, place: int, count: int) -> list[Conversation]:
    """Customers who may be written to freely."""
    at = timezone.now()
    contacts = Contact.objects.bulk_create(
        [Contact(profile_name=f"Customer {place}-{number}") for number in range(count)]
    )
    phones = [str(FIRST_PHONE + place * 1_000_000 + number) for number in range(count)]
    Identity.objects.bulk_create(
        Identity(contact=contact, kind=kind, key=phone, value=phone)
        for contact, phone in zip(contacts, phones, strict=True)
        for kind in (Identity.Kind.WA_ID, Identity.Kind.PHONE)
    )
    return Conversation.objects.bulk_create(
        Conversation(
            contact=contact,
            channel=channel,
            team=channel.default_team,
            last_inbound_at=at,
            window_closes_at=at + WINDOW,
            inbound_count=0,
        )
        for contact in contacts
    )


def queue(talks: list[Conversation]) -> None:
    """One message to each."""
    at = timezone.now()
    messages = Message.objects.bulk_create(
        Message(
            conversation=talk,
            channel_id=talk.channel_id,
            direction=Message.Direction.OUT,
            author_kind=Message.Author.SYSTEM,
            text="Your parcel is on its way. Thank you for your order!",
            status=QUEUED,
            rank=Message.RANKS[QUEUED],
            at=at,
        )
        for talk in talks
    )
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            message=message,
            channel_id=message.channel_id,
            pair=f"{talk.channel_id}:{talk.contact_id}",
            lane=OutboxEntry.Lane.BULK,
            expires_at=at + WINDOW,
        )
        for message, talk in zip(messages, talks, strict=True)
    )
