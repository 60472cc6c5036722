"""What contacts agree to and take back: written down once, told in the thread, answered."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django.db import transaction

from accounts.models import Channel, User
from core.events import record
from inbox.actions import pushes
from inbox.actions.contacts import lock_contact, open_conversations
from inbox.actions.events import record_event
from inbox.actions.gate import (
    ContactBlocked,
    ConversationNotOpen,
    InvalidMessage,
    WindowClosed,
)
from inbox.actions.messages import send_message
from inbox.models import Consent, Contact, Message
from inbox.queries.consents import newest_of

LONGEST_WORDING = 1000
FIRST_DAY = datetime(2009, 1, 1, tzinfo=UTC)
NAMESPACE = UUID("2b1f5c1e-9d0a-4a53-8a0e-6a5b7f4f2d11")
REFUSALS = (WindowClosed, ContactBlocked, ConversationNotOpen, InvalidMessage)
Purposes = Iterable[Consent.Purpose]
# A contact's id, about what, and whether they agreed.
Said = tuple[int, Consent.Purpose, bool]


class InvalidConsent(Exception):
    """What was given is no statement: field -> what is wrong with it."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


@transaction.atomic
def record_consent(
    *,
    contact: Contact,
    purposes: Purposes,
    is_granted: bool,
    by: User,
    at: datetime,
    wording: str,
    said_at: datetime | None = None,
    transport: str = Channel.Transport.WHATSAPP,
) -> None:
    """What a customer told somebody: who, when, for which purposes, by which words.

    said_at: when they said it; now, unless it is given. Raises NotPermitted, InvalidConsent.
    """
    locked = lock_contact(contact, by)
    wanted, words = sorted(set(purposes)), wording.replace("\0", "").strip()
    said_at = said_at or at
    errors = {}
    if not wanted:
        errors["purposes"] = "Say what it is about."
    if not words:
        errors["wording"] = "Write how they said so, and by which words."
    elif len(words) > LONGEST_WORDING:
        errors["wording"] = f"At most {LONGEST_WORDING:,} characters; this has {len(words):,}."
    if said_at > at:
        errors["said_at"] = "This day has not come yet."
    elif said_at < FIRST_DAY:
        errors["said_at"] = "There was no WhatsApp yet."
    if errors:
        raise InvalidConsent(errors)
    statements = [
        Consent(
            contact=locked,
            transport=transport,
            purpose=purpose,
            is_granted=is_granted,
            source=Consent.Source.AGENT,
            wording=words,
            recorded_by=by,
            at=said_at,
            recorded_at=at,
        )
        for purpose in wanted
    ]
    Consent.objects.bulk_create(statements)
    kind = "opted_in" if is_granted else "opted_out"
    record(kind=f"contact.{kind}", actor=by, at=at, subject=locked, purposes=wanted)
    for conversation in open_conversations(locked):
        record_event(conversation=conversation, kind=kind, actor=by, at=at, purposes=wanted)
        pushes.conversation_changed(conversation)


def import_consents(said: Iterable[Said], *, wording: str, by: User, at: datetime) -> int:
    """Statements of a file. Gives how many are kept. Inside a transaction.

    A file may be older than what a customer said since: it brings nobody back who opted out,
    and what holds already is not stated again.
    """
    wanted: dict[tuple[int, Consent.Purpose], bool] = {}
    for contact_id, purpose, is_granted in said:  # a no anywhere in the file is a no
        is_kept = wanted.get((contact_id, purpose), True)
        wanted[contact_id, purpose] = is_kept and is_granted
    contacts = {contact_id for contact_id, _purpose in wanted}
    rows = Consent.objects.filter(contact__in=contacts, transport=Channel.Transport.WHATSAPP)
    held = {(row.contact_id, row.purpose): row.is_granted for row in newest_of(rows)}
    statements = [
        Consent(
            contact_id=contact_id,
            transport=Channel.Transport.WHATSAPP,
            purpose=purpose,
            is_granted=is_granted,
            source=Consent.Source.IMPORT,
            wording=wording[:LONGEST_WORDING],
            recorded_by=by,
            at=at,
            recorded_at=at,
        )
        for (contact_id, purpose), is_granted in wanted.items()
        if _is_news(held.get((contact_id, purpose)), is_granted)
    ]
    return len(Consent.objects.bulk_create(statements))


def _is_news(held: bool | None, is_granted: bool) -> bool:
    return held is None or (held and not is_granted)


def answer_consents(at: datetime) -> int:
    """Tell customers what became of their word, where it is not told yet. Gives how many."""
    answered = 0
    while _answer_next(at):
        answered += 1
    return answered


@transaction.atomic
def _answer_next(at: datetime) -> bool:
    due = Consent.objects.filter(answered_at=None).exclude(answer="").order_by("pk")
    row = due.select_for_update(skip_locked=True, of=["self"]).first()
    if row is None:
        return False
    row.answered_at = at
    row.save(update_fields=["answered_at"])
    if row.message is None:
        return True
    with suppress(*REFUSALS):  # too late to say so, or nothing may go to them at all
        send_message(
            conversation=row.message.conversation,
            author=None,
            author_kind=Message.Author.SYSTEM,
            author_name="Sash",
            text=row.answer,
            client_uuid=uuid5(NAMESPACE, str(row.pk)),
            at=at,
        )
    return True
