"""Reads for the contacts pages: lists, one contact's past, and who a number belongs to."""

import re
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from inbox.identities import phone_keys
from inbox.models import Contact, Conversation, Identity
from inbox.queries.access import contacts_for, conversations_for

PAGE = 50
DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts in the order of their names, and the id after which the next page begins."""

    contacts: list[Contact]
    next_id: int | None


def list_contacts(
    *, user: User, words: str = "", after: int | None = None, limit: int = PAGE
) -> ContactPage:
    """A page of the contacts that a person may see, newest first; words narrow it.

    words: a part of a name, company, e-mail address or username, or of a number in any spelling.
    """
    rows = contacts_for(user)
    if words.strip():
        rows = rows.filter(matching(words))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(with_identities(rows).order_by("-pk")[: limit + 1])
    contacts = found[:limit]
    return ContactPage(contacts, contacts[-1].pk if len(found) > limit else None)


def matching(words: str) -> Q:
    """The condition behind every search for a contact; accents do not matter."""
    text = words.strip()[:100]
    found = (
        Q(name__unaccent__icontains=text)
        | Q(profile_name__unaccent__icontains=text)
        | Q(company__unaccent__icontains=text)
        | Q(email__icontains=text)
        | Q(pk__in=_holding(Identity.Kind.USERNAME, text.removeprefix("@")))
    )
    digits = "".join(DIGITS.findall(text))
    if len(digits) >= 3 and len(digits) >= len(text) / 2:
        found |= Q(pk__in=_with_number(text, digits))
    return found


def _holding(kind: str, text: str) -> QuerySet[Identity, int]:
    rows = Identity.objects.filter(kind=kind, value__icontains=text)
    return rows.values_list("contact", flat=True)


def _with_number(text: str, digits: str) -> QuerySet[Identity, int]:
    kinds = [Identity.Kind.PHONE, Identity.Kind.WA_ID]
    rows = Identity.objects.filter(kind__in=kinds).filter(
        Q(value__contains=digits) | Q(key__in=phone_keys(text))
    )
    return rows.values_list("contact", flat=True)


def with_identities(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Identities with each contact, without a query a row."""
    identities = Identity.objects.order_by("kind", "pk")
    return rows.prefetch_related(Prefetch("identities", queryset=identities))


def contact_with_number(text: str, region: str = "") -> Contact | None:
    """Whoever has this number in any of its spellings, seen or not by the asker."""
    kinds = [Identity.Kind.PHONE, Identity.Kind.WA_ID]
    found = Identity.objects.filter(kind__in=kinds, key__in=phone_keys(text, region))
    row = found.select_related("contact").order_by("pk").first()
    return row.contact if row else None


def conversations_of(contact: Contact, user: User) -> QuerySet[Conversation]:
    """The contact's conversations that the person may see, newest first."""
    rows = conversations_for(user).filter(contact=contact)
    return rows.select_related("channel", "team", "assignee").order_by("-last_message_at", "-pk")
