"""The one place that publishes live events; only actions and the intake's writer call it.

An event carries ids and audiences, never a customer's words: the hub of each web process
renders the fragment and decides by audience who gets it. It leaves on commit, and a push
that fails never fails the write: pages catch up by themselves.
"""

import logging
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import orjson
import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import metrics

CHANNEL = "sash:live"
# The audience of every signed-in person; no conversation is ever told to it.
EVERYONE = "everyone"
log = logging.getLogger("sash.live")


def publish(kind: str, *, to: Iterable[str], lost: Iterable[str] = (), **ids: Any) -> None:
    """Tell every web process, once the transaction has committed.

    kind: a past fact with a dot, such as "message.changed". to: audiences that may see it
    ("team.3", "user.7", "supervisors", "all"). lost: audiences that could see it until now
    and get a removal. ids: whole numbers and short strings that the fragment needs.
    """
    event = live_event(kind, to=to, lost=lost, **ids)
    transaction.on_commit(lambda: deliver(event), robust=True)


def live_event(
    kind: str, *, to: Iterable[str], lost: Iterable[str] = (), **ids: Any
) -> dict[str, Any]:
    """What `publish` sends."""
    return {"kind": kind, "to": sorted(to), "lost": sorted(lost), **ids}


def publish_all(make: Callable[[], Iterable[dict[str, Any]]]) -> None:
    """The same for many; they are made after the commit, and only if somebody listens then.

    Whoever begins to listen later reads what was committed before.
    """

    def tell() -> None:
        if is_heard():
            deliver(*make())

    transaction.on_commit(tell, robust=True)


def deliver(*events: dict[str, Any]) -> None:
    """Publish at once, together. A missing Redis is logged and survived."""
    try:
        with client().pipeline(transaction=False) as pipe:
            for event in events:
                pipe.publish(CHANNEL, orjson.dumps(event))
            pipe.execute()
        metrics.PUSHES.labels("published").inc(len(events))
    except redis.RedisError as error:
        metrics.PUSHES.labels("failed").inc(len(events))
        log.warning("live push not published: %s", error)


def is_heard() -> bool:
    """Does any process listen?"""
    try:
        ((_, count),) = client().pubsub_numsub(CHANNEL)
    except redis.RedisError as error:
        log.warning("live push not published: %s", error)
        return False
    return bool(count)


@cache
def client() -> "redis.Redis":
    """One pooled connection to Redis a process, with short waits.

    A stale connection is made anew once, without the pauses that redis-py takes by itself: a
    page must not wait for a Redis that is away.
    """
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=2,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 1),
    )
