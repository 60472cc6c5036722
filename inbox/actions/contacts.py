"""What people change about contacts: found or created by number, edited, blocked."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.models import User
from core.events import record
from inbox.actions import pushes
from inbox.actions.events import record_event
from inbox.identities import phone_key
from inbox.models import Contact, Conversation, Identity
from inbox.queries.access import NotPermitted, contacts_for, conversations_for

# What an agent may write, and how long it may be; anything else that a form sends is ignored.
LENGTHS = {"name": 200, "email": 254, "company": 200, "language": 20, "notes": 4000}
SHORTEST_WITHOUT_PLUS = 10


class InvalidContact(Exception):
    """What was given is no contact: field -> what is wrong with it."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


def find_or_create_contact(*, phone: str, name: str = "") -> Contact:
    """Whoever has this number in any spelling, or a new contact. Raises InvalidContact."""
    key = checked_phone(phone)
    if found := find_by_phone(key):
        return found
    try:
        with transaction.atomic():
            contact = Contact.objects.create(name=" ".join(name.split())[:200])
            Identity.objects.create(contact=contact, kind=Identity.Kind.PHONE, key=key, value=key)
    except IntegrityError:  # the customer, or a colleague, was quicker
        return Contact.objects.get(identities__kind=Identity.Kind.PHONE, identities__key=key)
    return contact


def find_by_phone(key: str) -> Contact | None:
    """The contact with this key, as the number or as the WhatsApp id."""
    kinds = [Identity.Kind.PHONE, Identity.Kind.WA_ID]
    identity = (
        Identity.objects.filter(kind__in=kinds, key=key)
        .select_related("contact")
        .order_by("kind")
        .first()
    )
    return identity.contact if identity else None


def checked_phone(phone: str) -> str:
    """The key of an international number. Raises InvalidContact."""
    key = phone_key(phone)
    has_code = phone.strip().startswith(("+", "00")) or len(key) >= SHORTEST_WITHOUT_PLUS
    if not key or not has_code or any(char.isalpha() for char in phone):
        raise InvalidContact(
            {"phone": "Write the number with its country code, such as +55 11 98765 4321."}
        )
    return key


@transaction.atomic
def update_contact(*, contact: Contact, by: User, at: datetime, **fields: str) -> Contact:
    """Write some of name, email, company, language and notes; others are ignored.

    Raises InvalidContact, NotPermitted.
    """
    locked = lock_contact(contact, by)
    values = checked_fields({key: value for key, value in fields.items() if key in LENGTHS})
    changed = sorted(key for key, value in values.items() if getattr(locked, key) != value)
    if not changed:
        return locked
    for key in changed:
        setattr(locked, key, values[key])
    locked.save(update_fields=changed)
    record(kind="contact.updated", actor=by, at=at, subject=locked, fields=changed)
    push_rows(locked)
    return locked


def lock_contact(contact: Contact, by: User) -> Contact:
    """The fresh row under its lock. Raises NotPermitted for whoever may not see the contact."""
    if not contacts_for(by).filter(pk=contact.pk).exists():
        raise NotPermitted("This contact belongs to another team.")
    return Contact.objects.select_for_update().get(pk=contact.pk)


def checked_fields(values: dict[str, str]) -> dict[str, str]:
    """Values without NUL and outer blanks, within their lengths. Raises InvalidContact."""
    clean = {key: value.replace("\0", "").strip() for key, value in values.items()}
    errors = {}
    for key, value in clean.items():
        longest = LENGTHS[key]
        if len(value) > longest:
            errors[key] = f"At most {longest:,} characters; this has {len(value):,}."
    if clean.get("email") and "email" not in errors:
        try:
            validate_email(clean["email"])
        except ValidationError:
            errors["email"] = "This is not an e-mail address."
    if errors:
        raise InvalidContact(errors)
    return clean


def push_rows(contact: Contact) -> None:
    """The contact's name stands on the rows of its conversations."""
    for conversation in open_conversations(contact):
        pushes.conversation_changed(conversation)


def open_conversations(contact: Contact) -> Iterator[Conversation]:
    """Few: one a channel at most."""
    yield from Conversation.objects.filter(
        contact=contact, status=Conversation.Status.OPEN
    ).order_by("pk")


def block_contact(*, contact: Contact, by: User, at: datetime) -> Contact:
    """Nothing goes to this contact any more. Raises NotPermitted."""
    return _set_blocked(contact, by=by, at=at, is_blocked=True)


def unblock_contact(*, contact: Contact, by: User, at: datetime) -> Contact:
    """As before the blocking. Raises NotPermitted."""
    return _set_blocked(contact, by=by, at=at, is_blocked=False)


@transaction.atomic
def _set_blocked(contact: Contact, *, by: User, at: datetime, is_blocked: bool) -> Contact:
    locked = lock_contact(contact, by)
    if locked.is_blocked == is_blocked:
        return locked
    if not by.is_administrator and not conversations_for(by).filter(contact=contact).exists():
        raise NotPermitted("Only people who speak with this contact may block it.")
    locked.is_blocked = is_blocked
    locked.save(update_fields=["is_blocked"])
    kind = "blocked" if is_blocked else "unblocked"
    record(kind=f"contact.{kind}", actor=by, at=at, subject=locked)
    for conversation in open_conversations(locked):
        pushes.conversation_changed(conversation)
        record_event(conversation=conversation, kind=kind, actor=by, at=at)
    return locked
