"""Reads for the contacts pages: lists, one contact's past, and who a number belongs to."""

import re
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.lookups import Contains

from accounts.models import User
from inbox.identities import phone_keys
from inbox.models import Contact, Conversation, Identity
from inbox.models.contacts import FOUND_BY, Plain
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
    """The condition behind every search for a contact; accents do not matter.

    Each way to be found by is a query of its own, so that each reads its own index.
    """
    text = words.strip()[:100]
    named = Contact.objects.filter(Contains(FOUND_BY, Plain(Value(text)))).values_list("pk")
    found = [named, _holding(Identity.Kind.USERNAME, text.removeprefix("@"))]
    digits = "".join(DIGITS.findall(text))
    if len(digits) >= 3 and len(digits) >= len(text) / 2:
        found += _with_number(text, digits)
    return Q(pk__in=found[0].union(*found[1:]))


def _holding(kind: str, text: str) -> QuerySet[Identity, tuple[int]]:
    rows = Identity.objects.filter(kind=kind, value__icontains=text)
    return rows.values_list("contact")


def _with_number(text: str, digits: str) -> list[QuerySet[Identity, tuple[int]]]:
    kinds = [Identity.Kind.PHONE, Identity.Kind.WA_ID]
    rows = Identity.objects.filter(kind__in=kinds)
    return [
        rows.filter(value__icontains=digits).values_list("contact"),
        rows.filter(key__in=phone_keys(text)).values_list("contact"),
    ]


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
