"""Sessions from the cache, and from their rows while the cache is away.

The only place that decides what a missing Valkey means for whoever is signed in: nothing. To
sign out still fails then, since a session that came back with the cache would be open again.
"""

from typing import Any

from django.contrib.sessions.backends import cached_db, db
from redis import RedisError


class SessionStore(cached_db.SessionStore):
    """As Django's, which reads the row as well, but then insists on caching it."""

    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except RedisError:
            return db.SessionStore.load(self)

    def exists(self, session_key: str) -> bool:
        try:
            return super().exists(session_key)
        except RedisError:
            return db.SessionStore.exists(self, session_key)
