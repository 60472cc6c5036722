"""Who looks at a conversation now. Kept in Redis for a minute: it is a hint, not a record."""

import logging
from datetime import datetime, timedelta

import redis

from core.live import client

TTL = timedelta(seconds=45)
log = logging.getLogger("sash.viewers")


def viewers_key(conversation_id: int) -> str:
    """A sorted set of user ids by the second until which they count."""
    return f"sash:viewers:{conversation_id}"


def read_viewer_ids(conversation_id: int, at: datetime) -> list[int]:
    """The people whose page showed the conversation lately; nobody while Redis is away."""
    try:
        found = client().zrangebyscore(viewers_key(conversation_id), at.timestamp(), "+inf")
    except redis.RedisError as error:
        log.warning("viewers not read: %s", error)
        return []
    return [int(pk) for pk in found if isinstance(pk, bytes)]
