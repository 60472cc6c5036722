"""Who is behind a socket, asked when it opens and whenever access may have changed.

Many are asked together, with the same few queries as one: after a restart every open page of
the installation comes back within seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from inbox.models import Conversation
from inbox.queries.access import audiences_of_many, audiences_of_people

# The session's key, and the conversation whose thread is asked for: none for the inbox.
Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in, active person and the audiences they belong to."""

    user_id: int
    language: str
    audiences: frozenset[str]


def identify_all(sockets: Iterable[Key]) -> dict[Key, Visitor | None]:
    """The person of each session who may have the socket open, read afresh; else None.

    Blocking; at most five queries.
    """
    keys = set(sockets)
    users = users_of({session for session, _ in keys})
    audiences = audiences_of_people(users.values())
    visitors = {
        session: Visitor(user.pk, user.language, frozenset(audiences[user.pk]))
        for session, user in users.items()
    }
    wanted = {pk for _, pk in keys if pk is not None}
    seen_by = {}
    if wanted:
        rows = Conversation.objects.filter(pk__in=wanted).only("team", "assignee")
        seen_by = audiences_of_many(rows)
    return {key: _let_in(visitors.get(key[0]), key[1], seen_by) for key in keys}


def _let_in(
    visitor: Visitor | None, conversation_id: int | None, seen_by: dict[int, set[str]]
) -> Visitor | None:
    if visitor is None or conversation_id is None:
        return visitor
    return None if visitor.audiences.isdisjoint(seen_by.get(conversation_id, ())) else visitor


def users_of(session_keys: Iterable[str]) -> dict[str, User]:
    """The active person whom each session signs in.

    A session is over with its row, whatever the cache still holds, and with the password.
    """
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    reader = store()
    sessions = {row.session_key: reader.decode(row.session_data) for row in rows}
    ids = {int(found[SESSION_KEY]) for found in sessions.values() if SESSION_KEY in found}
    users = User.objects.filter(is_active=True).in_bulk(ids) if ids else {}
    found = {}
    for key, content in sessions.items():
        user = users.get(int(content.get(SESSION_KEY, 0)))
        if user is not None and signs_in(content, user):
            found[key] = user
    return found


def signs_in(content: dict[str, Any], user: User) -> bool:
    """The rule of `django.contrib.auth.get_user`, which would ask for each user alone."""
    if content.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    given = str(content.get(HASH_SESSION_KEY, ""))
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, each) for each in hashes)
