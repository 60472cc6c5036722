"""Messages of ours that Meta has accepted and said nothing more of."""

from collections import defaultdict

from django.utils import timezone

from inbox.models import Conversation, Message

ACCEPTED = Message.Status.ACCEPTED
AT_ONCE = 2000


def run(*, count: int) -> dict[str, list[str]]:
    """So many, spread over all conversations; their provider ids by the number they left."""
    at = timezone.now()
    conversations = list(Conversation.objects.select_related("channel__number"))
    ids: dict[str, list[str]] = defaultdict(list)
    rows = []
    for place in range(count):
        conversation = conversations[place % len(conversations)]
        provider_id = f"wamid.out.{place}"
        if number := conversation.channel.number:
            ids[number.phone_number_id].append(provider_id)
        rows.append(
            Message(
                conversation=conversation,
                channel=conversation.channel,
                direction=Message.Direction.OUT,
                author_kind=Message.Author.SYSTEM,
                text="Your parcel is on its way.",
                provider_id=provider_id,
                status=ACCEPTED,
                rank=Message.RANKS[ACCEPTED],
                at=at,
            )
        )
    Message.objects.bulk_create(rows, batch_size=AT_ONCE)
    return ids
