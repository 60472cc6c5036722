"""Live pushes leave on commit, and only then; a missing Redis never fails a write."""

from collections.abc import Callable, Iterator

import orjson
import pytest
import redis
from django.conf import settings
from django.db import transaction

from core import live


@pytest.fixture
def heard() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """What was published so far."""
    listener = redis.Redis.from_url(settings.REDIS_URL).pubsub()
    listener.subscribe(live.CHANNEL)
    while (listener.get_message(timeout=5) or {}).get("type") != "subscribe":
        pass

    def read() -> list[dict[str, object]]:
        found = []
        while message := listener.get_message(timeout=0.2):
            found.append(orjson.loads(message["data"]))
        return found

    yield read
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_a_push_leaves_with_the_commit(heard: Callable[[], list[dict[str, object]]]) -> None:
    with transaction.atomic():
        live.publish("message.changed", to={"team.3", "all"}, conversation=7)
        assert heard() == []
    assert heard() == [
        {"kind": "message.changed", "to": ["all", "team.3"], "lost": [], "conversation": 7}
    ]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_pushes_nothing(heard: Callable[[], list[dict[str, object]]]) -> None:
    with transaction.atomic():
        live.publish("message.changed", to={"all"}, conversation=7)
        transaction.set_rollback(True)
    assert heard() == []


@pytest.mark.django_db(transaction=True)
def test_a_missing_redis_does_not_fail_the_write(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(live, "client", lambda: gone)
    with transaction.atomic():
        live.publish("message.changed", to={"all"}, conversation=7)
