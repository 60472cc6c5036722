"""What customers want to be sent: by a word like STOP, by WhatsApp's own switch, by a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.models import Channel
from core.hints import hint
from inbox.actions import pushes
from inbox.actions.inbound.arrivals import NewMessage, Source
from inbox.models import Consent, Contact, Event, Message
from inbox.queries.consents import has_opted_out, vocabulary
from inbox.wishes import Wish

WRITTEN = {Message.Kind.TEXT, Message.Kind.BUTTON}
WRITTEN_NOW = {Source.LIVE, Source.STANDBY}
MARKETING = Consent.Purpose.MARKETING


class Heard(NamedTuple):
    """A message that was just stored, and what it asks."""

    news: NewMessage
    wish: Wish
    contact_id: int
    message_id: int
    conversation_id: int


def wish_of(news: NewMessage, contact_id: int) -> Wish | None:
    """What a customer's message asks with one word, if it does.

    A word that means start brings back who had opted out; of anybody else it is a word.
    """
    if news.is_ours or news.source not in WRITTEN_NOW or news.content.kind not in WRITTEN:
        return None
    wish = vocabulary().find(news.content.text)
    if wish is not None and wish.is_opt_in and not has_opted_out(contact_id):
        return None
    return wish


def keep_wishes(heard: Sequence[Heard], recorded_at: datetime) -> None:
    """Write down what new messages asked for, and have it answered."""
    if not heard:
        return
    for each in heard:
        _keep(each, recorded_at)
    pushes.messages_changed({}, taken={each.conversation_id for each in heard})
    hint("inbox.tasks.answer_consents")


def _keep(each: Heard, recorded_at: datetime) -> None:
    news, wish = each.news, each.wish
    language = Contact.objects.values_list("language", flat=True).get(pk=each.contact_id)
    state(
        each.contact_id,
        purposes=Consent.Purpose,
        is_granted=wish.is_opt_in,
        source=Consent.Source.KEYWORD,
        at=news.at,
        recorded_at=recorded_at,
        wording=news.content.text,
        message_id=each.message_id,
        answer=vocabulary().answer(wish, language) if news.source == Source.LIVE else "",
    )
    event = Event.objects.create(
        conversation_id=each.conversation_id,
        kind="opted_in" if wish.is_opt_in else "opted_out",
        at=news.at,
        data={"purposes": list(Consent.Purpose)},
        provider_id=str(each.message_id),
    )
    pushes.event_added(event)


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
