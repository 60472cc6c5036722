"""The only place that decides which contact a webhook's person is, and what is learnt of them.

The strongest id decides: parent BSUID, then BSUID, then the number. Two contacts that exist
are never merged, whatever one webhook says of both.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from inbox.actions.inbound.arrivals import Person
from inbox.identities import username_key, wa_id_key
from inbox.models import Contact, Identity

Kind = Identity.Kind
Key = tuple[str, str]


def find_or_create_contacts(
    people: Sequence[Person], *, mentioned: Sequence[Person] = ()
) -> list[Contact]:
    """Each person's contact, in the same order, with their new ids and names written down.

    mentioned: people who are only learnt more of, if they are known at all. The contacts stay
    locked until the transaction ends.
    """
    everybody = [*people, *mentioned]
    holders = _holders(key for person in everybody for key, _ in keys_of(person))
    groups = _groups(everybody)
    familiar = {g for p, g in zip(everybody, groups, strict=True) if _known(p, holders)}
    newcomers = sorted(set(groups[: len(people)]) - familiar)
    holders |= _introduce(everybody, groups, newcomers)
    owners = _owners(everybody, groups, holders)
    known = [(p, owner) for p, owner in zip(everybody, owners, strict=True) if owner]
    _add_identities(known, holders)
    contacts = _lock([owner for _, owner in known])
    _update_profiles(known, contacts)
    return [contacts[owner] for owner in owners[: len(people)] if owner]


def keys_of(person: Person) -> list[tuple[Key, str]]:
    """((kind, key), value) of every id of a person, the strongest first."""
    number = wa_id_key(person.wa_id)
    keys: list[tuple[Key, str]] = [
        ((Kind.PARENT_BSUID, person.parent_bsuid), person.parent_bsuid),
        ((Kind.BSUID, person.bsuid), person.bsuid),
        ((Kind.WA_ID, number), person.wa_id),
    ]
    if number.isdecimal():
        keys.append(((Kind.PHONE, number), number))
    return [(key, value) for key, value in keys if key[1]]


def move_identities(contact: Contact, moved_to: Person) -> bool:
    """Give a contact their new ids; False when another contact already has one of them.

    The old number still finds the contact, since late messages name it, but the WhatsApp id
    that we write to is the new one.
    """
    wanted = keys_of(moved_to)
    holders = _holders(key for key, _ in wanted)
    is_free = all(holders.get(key, contact.pk) == contact.pk for key, _ in wanted)
    _add_identities([(moved_to, contact.pk)], holders)
    number = wa_id_key(moved_to.wa_id)
    if number and is_free:
        contact.identities.filter(kind=Kind.WA_ID).exclude(key=number).delete()
    return is_free


def _holders(keys: Iterable[Key]) -> dict[Key, int]:
    """Whose each key is."""
    kinds: dict[str, set[str]] = {}
    for kind, key in keys:
        kinds.setdefault(kind, set()).add(key)
    wanted = Q()
    for kind, values in kinds.items():
        wanted |= Q(kind=kind, key__in=values)
    if not kinds:
        return {}
    rows = Identity.objects.filter(wanted).values_list("kind", "key", "contact_id")
    return {(kind, key): contact for kind, key, contact in rows}


def _groups(people: Sequence[Person]) -> list[int]:
    """The same number for people of one batch who share an id, directly or through others."""
    parents = list(range(len(people)))

    def root(index: int) -> int:
        while parents[index] != index:
            index = parents[index]
        return index

    seen: dict[Key, int] = {}
    for index, person in enumerate(people):
        for key, _ in keys_of(person):
            other = root(seen.setdefault(key, index))
            mine = root(index)
            parents[max(mine, other)] = min(mine, other)
    return [root(index) for index in range(len(people))]


def _known(person: Person, holders: dict[Key, int]) -> int | None:
    return next((holders[key] for key, _ in keys_of(person) if key in holders), None)


def _introduce(
    people: Sequence[Person], groups: list[int], newcomers: list[int]
) -> dict[Key, int]:
    """New contacts with their ids; where another process was quicker, theirs stands."""
    if not newcomers:
        return {}
    contacts = Contact.objects.bulk_create(Contact() for _ in newcomers)
    by_group = {group: contact.pk for group, contact in zip(newcomers, contacts, strict=True)}
    wanted = [
        (person, by_group[group])
        for person, group in zip(people, groups, strict=True)
        if group in by_group
    ]
    _add_identities(wanted, {})
    holders = _holders(key for person, _ in wanted for key, _ in keys_of(person))
    taken = set(by_group.values()) - set(holders.values())
    Contact.objects.filter(pk__in=taken).delete()
    return holders


def _owners(
    people: Sequence[Person], groups: list[int], holders: dict[Key, int]
) -> list[int | None]:
    """Each person's own keys decide; one without any known key goes with their group."""
    owners = [_known(person, holders) for person in people]
    of_group: dict[int, int] = {}
    for group, owner in zip(groups, owners, strict=True):
        if owner is not None:
            of_group.setdefault(group, owner)
    return [owner or of_group.get(group) for group, owner in zip(groups, owners, strict=True)]


def _add_identities(people: Iterable[tuple[Person, int]], holders: dict[Key, int]) -> None:
    """Write ids that nobody has, in one order, so that two processes never wait in a circle."""
    missing = {
        key: Identity(contact_id=contact, kind=key[0], key=key[1], value=value)
        for person, contact in people
        for key, value in keys_of(person)
        if key not in holders
    }
    if missing:
        rows = [missing[key] for key in sorted(missing)]
        Identity.objects.bulk_create(rows, ignore_conflicts=True)


def _lock(contact_ids: list[int]) -> dict[int, Contact]:
    rows = Contact.objects.filter(pk__in=set(contact_ids)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def _update_profiles(people: list[tuple[Person, int]], contacts: dict[int, Contact]) -> None:
    """Names and usernames as the newest webhook gives them, whichever came first."""
    names: dict[int, Person] = {}
    usernames: dict[int, Person] = {}
    for person, owner in people:
        last = names[owner].at if owner in names else contacts[owner].profile_at
        if person.name and _is_newer(person.at, last):
            names[owner] = person
        last = usernames[owner].at if owner in usernames else None
        if person.username and _is_newer(person.at, last):
            usernames[owner] = person
    _rename(names, contacts)
    _move_usernames(usernames)


def _is_newer(at: datetime | None, last: datetime | None) -> bool:
    return at is not None and (last is None or at >= last)


def _rename(people: dict[int, Person], contacts: dict[int, Contact]) -> None:
    if not people:
        return
    rows = []
    for pk in sorted(people):
        contacts[pk].profile_name, contacts[pk].profile_at = people[pk].name, people[pk].at
        rows.append(contacts[pk])
    columns = ([r.pk for r in rows], [r.profile_name for r in rows], [r.profile_at for r in rows])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_contact c SET profile_name = n.name, profile_at = n.at"
            " FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS n(id, name, at)"
            " WHERE c.id = n.id",
            columns,
        )


def _move_usernames(people: dict[int, Person]) -> None:
    """A username belongs to whoever used it last: people give theirs up and others take them.

    created_at of a username is when its owner was last seen with it.
    """
    if not people:
        return
    keys = {pk: username_key(person.username) for pk, person in people.items()}
    wanted = Q(contact__in=keys) | Q(key__in=set(keys.values()))
    held = list(Identity.objects.filter(wanted, kind=Kind.USERNAME))
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
                contact_id=pk, kind=Kind.USERNAME, key=key, value=value, created_at=at
            )
        )
    Identity.objects.bulk_update(kept, ["created_at"])
