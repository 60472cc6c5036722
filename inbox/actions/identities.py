"""The only place that decides which contact a webhook's person is, and what is learnt of them.

The strongest id decides: parent BSUID, then BSUID, then the number. Two contacts that exist
are never merged, whatever one webhook says of both.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from core.rows import as_json, fetch
from inbox.actions.inbound.arrivals import Person
from inbox.identities import username_key, wa_id_key
from inbox.models import Contact, Identity

Key = tuple[str, str]
Keys = list[tuple[Key, str]]
PHONE, WA_ID = str(Identity.Kind.PHONE), str(Identity.Kind.WA_ID)
BSUID, PARENT_BSUID = str(Identity.Kind.BSUID), str(Identity.Kind.PARENT_BSUID)
USERNAME = Identity.Kind.USERNAME

HOLDERS = """
SELECT i.kind, i.key, i.contact_id FROM json_to_recordset(%s) AS k (kind text, key text)
JOIN inbox_identity i ON i.kind = k.kind AND i.key = k.key AND NOT (i.kind = 'username')
"""
# Locked in the order of their ids; names as the newest webhook gives them, whichever came first.
LOCK = """
WITH n AS (
    SELECT * FROM json_to_recordset(%s) AS n (id bigint, name text, at timestamptz)),
held AS MATERIALIZED (
    SELECT id, name, profile_name, profile_at FROM inbox_contact
    WHERE id = ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text(%s)))
    ORDER BY id FOR NO KEY UPDATE),
renamed AS (
    UPDATE inbox_contact c SET profile_name = n.name, profile_at = n.at
    FROM held h JOIN n ON n.id = h.id
    WHERE c.id = h.id AND (h.profile_at IS NULL OR n.at > h.profile_at
        OR (n.at = h.profile_at AND n.name <> h.profile_name))
    RETURNING c.id, c.profile_name)
SELECT h.id, h.name, coalesce(r.profile_name, h.profile_name)
FROM held h LEFT JOIN renamed r ON r.id = h.id
"""


class Customer(NamedTuple):
    """A contact, and the name that lists show."""

    pk: int
    name: str


def find_or_create_contacts(
    people: Sequence[Person], *, mentioned: Sequence[Person] = ()
) -> list[Customer]:
    """Each person's contact, in the same order, with their new ids and names written down.

    mentioned: people who are only learnt more of, if they are known at all. The contacts stay
    locked until the transaction ends.
    """
    everybody = [*people, *mentioned]
    keys = [keys_of(person) for person in everybody]
    holders = _holders(key for own in keys for key, _ in own)
    groups = _groups(keys)
    familiar = {group for own, group in zip(keys, groups, strict=True) if _known(own, holders)}
    newcomers = sorted(set(groups[: len(people)]) - familiar)
    holders |= _introduce(keys, groups, newcomers)
    owners = _owners(keys, groups, holders)
    _add_identities(zip(keys, owners, strict=True), holders)
    known = [(p, owner) for p, owner in zip(everybody, owners, strict=True) if owner]
    customers = _lock_and_rename(known)
    _move_usernames(_newest((p, owner) for p, owner in known if p.username))
    return [customers[owner] for owner in owners[: len(people)] if owner]


def keys_of(person: Person) -> Keys:
    """((kind, key), value) of every id of a person, the strongest first."""
    keys: Keys = []
    if person.parent_bsuid:
        keys.append(((PARENT_BSUID, person.parent_bsuid), person.parent_bsuid))
    if person.bsuid:
        keys.append(((BSUID, person.bsuid), person.bsuid))
    if number := wa_id_key(person.wa_id):
        keys.append(((WA_ID, number), person.wa_id))
        if number.isdecimal():
            keys.append(((PHONE, number), number))
    return keys


def move_identities(contact: Contact, moved_to: Person) -> bool:
    """Give a contact their new ids; False when another contact already has one of them.

    The old number still finds the contact, since late messages name it, but the WhatsApp id
    that we write to is the new one.
    """
    wanted = keys_of(moved_to)
    holders = _holders(key for key, _ in wanted)
    is_free = all(holders.get(key, contact.pk) == contact.pk for key, _ in wanted)
    _add_identities([(wanted, contact.pk)], holders)
    number = wa_id_key(moved_to.wa_id)
    if number and is_free:
        contact.identities.filter(kind=WA_ID).exclude(key=number).delete()
    return is_free


def _holders(keys: Iterable[Key]) -> dict[Key, int]:
    """Whose each key is."""
    wanted = [{"kind": kind, "key": key} for kind, key in set(keys)]
    rows = fetch(HOLDERS, as_json(wanted)) if wanted else []
    return {(kind, key): contact for kind, key, contact in rows}


def _groups(people: Sequence[Keys]) -> list[int]:
    """The same number for people of one batch who share an id, directly or through others."""
    parents = list(range(len(people)))

    def root(index: int) -> int:
        while parents[index] != index:
            index = parents[index]
        return index

    seen: dict[Key, int] = {}
    for index, keys in enumerate(people):
        for key, _ in keys:
            other = seen.setdefault(key, index)
            if other != index:
                other, mine = root(other), root(index)
                parents[max(mine, other)] = min(mine, other)
    return [root(index) for index in range(len(people))]


def _known(keys: Keys, holders: Mapping[Key, int]) -> int | None:
    for key, _ in keys:
        if key in holders:
            return holders[key]
    return None


def _introduce(people: Sequence[Keys], groups: list[int], newcomers: list[int]) -> dict[Key, int]:
    """New contacts with their ids; where another process was quicker, theirs stands."""
    if not newcomers:
        return {}
    contacts = Contact.objects.bulk_create(Contact() for _ in newcomers)
    by_group = {group: contact.pk for group, contact in zip(newcomers, contacts, strict=True)}
    wanted = [
        (keys, by_group[group])
        for keys, group in zip(people, groups, strict=True)
        if group in by_group
    ]
    _add_identities(wanted, {})
    holders = _holders(key for keys, _ in wanted for key, _ in keys)
    if taken := set(by_group.values()) - set(holders.values()):
        Contact.objects.filter(pk__in=taken).delete()
    return holders


def _owners(
    people: Sequence[Keys], groups: list[int], holders: Mapping[Key, int]
) -> list[int | None]:
    """Each person's own keys decide; one without any known key goes with their group."""
    owners = [_known(keys, holders) for keys in people]
    of_group: dict[int, int] = {}
    for group, owner in zip(groups, owners, strict=True):
        if owner is not None:
            of_group.setdefault(group, owner)
    return [owner or of_group.get(group) for group, owner in zip(groups, owners, strict=True)]


def _add_identities(people: Iterable[tuple[Keys, int | None]], holders: Mapping[Key, int]) -> None:
    """Write ids that nobody has, in one order, so that two processes never wait in a circle."""
    missing = {
        key: Identity(contact_id=contact, kind=key[0], key=key[1], value=value)
        for keys, contact in people
        if contact
        for key, value in keys
        if key not in holders
    }
    if missing:
        rows = [missing[key] for key in sorted(missing)]
        Identity.objects.bulk_create(rows, ignore_conflicts=True)


def _newest(people: Iterable[tuple[Person, int]]) -> dict[int, Person]:
    """What was last said of each contact; of what was said at the same time, the last."""
    newest: dict[int, Person] = {}
    for person, owner in people:
        held = newest.get(owner)
        if person.at is not None and (held is None or held.at is None or person.at >= held.at):
            newest[owner] = person
    return newest


def _lock_and_rename(people: list[tuple[Person, int]]) -> dict[int, Customer]:
    if not people:
        return {}
    names = _newest((person, owner) for person, owner in people if person.name)
    said = ({"id": pk, "name": person.name, "at": person.at} for pk, person in names.items())
    rows = fetch(LOCK, as_json(said), as_json({owner for _, owner in people}))
    return {pk: Customer(pk, name or profile or f"Contact {pk}") for pk, name, profile in rows}


def _move_usernames(people: dict[int, Person]) -> None:
    """A username belongs to whoever used it last: people give theirs up and others take them.

    created_at of a username is when its owner was last seen with it.
    """
    if not people:
        return
    keys = {pk: username_key(person.username) for pk, person in people.items()}
    wanted = Q(contact__in=keys) | Q(key__in=set(keys.values()))
    held = list(Identity.objects.filter(wanted, kind=USERNAME))
    kept: list[Identity] = []
    for pk, key in keys.items():
        rivals = [row for row in held if row.contact_id == pk or row.key == key]
        at = people[pk].at or timezone.now()
        if any(row.created_at > at for row in rivals):
            continue
        if [(row.contact_id, row.key) for row in rivals] == [(pk, key)]:
            rivals[0].created_at = at
            kept.append(rivals[0])
            continue
        Identity.objects.filter(pk__in=[row.pk for row in rivals]).delete()
        held = [row for row in held if row not in rivals]
        value = people[pk].username
        held.append(
            Identity.objects.create(
                contact_id=pk, kind=USERNAME, key=key, value=value, created_at=at
            )
        )
    Identity.objects.bulk_update(kept, ["created_at"])
