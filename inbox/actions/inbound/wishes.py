"""What customers want to be sent: by a word like STOP, by WhatsApp's own switch, by a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import Channel
from core.hints import hint
from inbox.actions import pushes
from inbox.actions.inbound.arrivals import NewMessage, Source
from inbox.models import Consent, Contact, Event, Message
from inbox.queries.consents import vocabulary
from inbox.wishes import Wish

SPOKEN = {Message.Kind.TEXT, Message.Kind.BUTTON, Message.Kind.INTERACTIVE}
MARKETING = Consent.Purpose.MARKETING
# A message that was just stored: the contact's id, its own, and its conversation's.
Heard = tuple[NewMessage, int, int, int]


def wish_of(news: NewMessage) -> Wish | None:
    """What a customer's message asks with one word, if it does."""
    if news.is_ours or news.source != Source.LIVE or news.content.kind not in SPOKEN:
        return None
    return vocabulary().find(news.content.text)


def keep_wishes(heard: Sequence[Heard], recorded_at: datetime) -> None:
    """Write down what new messages asked for, and have it answered."""
    found = [(each, wish) for each in heard if (wish := wish_of(each[0]))]
    if not found:
        return
    for (news, contact_id, message_id, conversation_id), wish in found:
        language = Contact.objects.values_list("language", flat=True).get(pk=contact_id)
        state(
            contact_id,
            purposes=Consent.Purpose,
            is_granted=wish.is_opt_in,
            source=Consent.Source.KEYWORD,
            at=news.at,
            recorded_at=recorded_at,
            wording=news.content.text,
            message_id=message_id,
            answer=vocabulary().answer(wish, language),
        )
        event = Event.objects.create(
            conversation_id=conversation_id,
            kind="opted_in" if wish.is_opt_in else "opted_out",
            at=news.at,
            data={"purposes": list(Consent.Purpose)},
            provider_id=news.provider_id,
        )
        pushes.event_added(event)
    hint("inbox.tasks.answer_consents")


def state(
    contact_id: int,
    *,
    purposes: Iterable[Consent.Purpose] = (MARKETING,),
    is_granted: bool,
    source: Consent.Source,
    at: datetime,
    recorded_at: datetime,
    wording: str = "",
    message_id: int | None = None,
    answer: str = "",
) -> None:
    """Add a statement of each purpose; one that is there already stays alone."""
    answers = {purpose: "" if number else answer for number, purpose in enumerate(purposes)}
    Consent.objects.bulk_create(
        [
            Consent(
                contact_id=contact_id,
                transport=Channel.Transport.WHATSAPP,
                purpose=purpose,
                is_granted=is_granted,
                source=source,
                wording=wording[:1000],
                message_id=message_id,
                at=at,
                recorded_at=recorded_at,
                answer=told,
            )
            for purpose, told in answers.items()
        ],
        ignore_conflicts=True,
    )
