"""Who is behind a socket, asked when it opens and whenever access may have changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

from accounts.models import User
from inbox.models import Conversation
from inbox.queries.access import conversation_audiences, user_audiences


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in, active person and the audiences they belong to."""

    user_id: int
    language: str
    audiences: frozenset[str]


def identify(session_key: str, conversation_id: int | None) -> Visitor | None:
    """The person of a session who may have this socket open, read afresh; else None."""
    user = user_of(session_key)
    if user is None:
        return None
    audiences = user_audiences(user)
    if conversation_id is not None:
        conversation = Conversation.objects.filter(pk=conversation_id).first()
        if conversation is None or audiences.isdisjoint(conversation_audiences(conversation)):
            return None
    return Visitor(user.pk, user.language, frozenset(audiences))


def identify_all(
    sockets: Iterable[tuple[str, int | None]],
) -> dict[tuple[str, int | None], Visitor | None]:
    """The same for many sockets, each asked once."""
    return {key: identify(*key) for key in set(sockets)}


def user_of(session_key: str) -> User | None:
    """The active person whom a session signs in: gone with its row, and with the password.

    The cache alone may still hold a session in the moment of its end.
    """
    if not Session.objects.filter(session_key=session_key).exists():
        return None
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    request: Any = SimpleNamespace(session=store(session_key), user=None)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None
