"""Who looks at a conversation now, told to whoever else has it open."""

import logging
from datetime import datetime

import redis

from accounts.models import User
from core.live import client
from inbox.actions import pushes
from inbox.models import Conversation
from inbox.queries.viewers import TTL, viewers_key

log = logging.getLogger("sash.viewers")


def note_viewing(*, conversation: Conversation, user: User, at: datetime) -> None:
    """The person's page shows the conversation; pushed when they were not there before."""
    key, until = viewers_key(conversation.pk), (at + TTL).timestamp()
    try:
        pipe = client().pipeline()
        pipe.zscore(key, user.pk)
        pipe.zadd(key, {str(user.pk): until})
        pipe.expire(key, int(TTL.total_seconds()) * 2)
        before, *_rest = pipe.execute()
    except redis.RedisError as error:
        log.warning("viewing not noted: %s", error)
        return
    if before is None or before < at.timestamp():
        pushes.viewing_changed(conversation, user, is_viewing=True)


def forget_viewing(*, conversation: Conversation, user: User) -> None:
    """The person left the conversation."""
    try:
        removed = client().zrem(viewers_key(conversation.pk), user.pk)
    except redis.RedisError as error:
        log.warning("viewing not forgotten: %s", error)
        return
    if removed:
        pushes.viewing_changed(conversation, user, is_viewing=False)
