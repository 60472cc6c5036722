"""Reads who a part of a webhook is about.

Since 2026 the phone number may be missing and the business-scoped user id (BSUID) stands for
the person (Meta, "Business-scoped user IDs").
"""

from datetime import datetime
from typing import Any

from inbox.actions.inbound.arrivals import Person
from inbox.actions.inbound.shapes import Unreadable, identifier, mapping, sequence, string
from inbox.identities import wa_id_key

NAME_LENGTH = 200


def read_person(
    item: dict[str, Any], context: dict[str, Any], at: datetime, *, prefix: str = "from"
) -> Person:
    """The customer of an item, completed from the contact beside it.

    prefix: the keys are <prefix>, <prefix>_user_id and <prefix>_parent_user_id. Raises
    Unreadable("nobody") when nothing names a person.
    """
    own = Person(
        wa_id=identifier(item.get(prefix), prefix),
        bsuid=identifier(item.get(f"{prefix}_user_id"), f"{prefix}_user_id"),
        parent_bsuid=identifier(item.get(f"{prefix}_parent_user_id"), "parent user id"),
        at=at,
    )
    return found(complete(own, context, at))


def found(person: Person) -> Person:
    """The same person. Raises Unreadable("nobody") when there is nothing to know them by."""
    if not person.is_known_by:
        raise Unreadable("nobody", "neither a phone number nor a user id says who this is")
    return person


def complete(own: Person, context: dict[str, Any], at: datetime) -> Person:
    """The person with what the one contact says of them that does not contradict."""
    entries = [
        mapping(entry, "contact") for entry in sequence(context.get("contacts"), "contacts")
    ]
    people = [read_contact(entry, at) for entry in entries]
    about = next((other for other in people if _is_same(own, other)), None)
    if about is None and len(people) == 1 and not _differs(own, people[0]):
        about = people[0]
    if about is None:
        return own
    return Person(
        wa_id=about.wa_id or own.wa_id,
        bsuid=own.bsuid or about.bsuid,
        parent_bsuid=own.parent_bsuid or about.parent_bsuid,
        username=about.username,
        name=about.name,
        at=at,
    )


def read_contact(entry: dict[str, Any], at: datetime) -> Person:
    """One element of `contacts`, and the same keys where other webhooks have them."""
    profile = mapping(entry.get("profile"), "profile")
    username = string(profile.get("username") or entry.get("username"), "username")
    return Person(
        wa_id=identifier(entry.get("wa_id"), "wa_id"),
        bsuid=identifier(entry.get("user_id"), "user_id"),
        parent_bsuid=identifier(entry.get("parent_user_id"), "parent_user_id"),
        username=username.strip().removeprefix("@")[:NAME_LENGTH],
        name=string(profile.get("name"), "name").strip()[:NAME_LENGTH],
        at=at,
    )


def _pairs(own: Person, other: Person) -> list[tuple[str, str]]:
    return [
        (own.parent_bsuid, other.parent_bsuid),
        (own.bsuid, other.bsuid),
        (wa_id_key(own.wa_id), wa_id_key(other.wa_id)),
    ]


def _is_same(own: Person, other: Person) -> bool:
    return any(mine and mine == theirs for mine, theirs in _pairs(own, other))


def _differs(own: Person, other: Person) -> bool:
    return any(mine and theirs and mine != theirs for mine, theirs in _pairs(own, other))
