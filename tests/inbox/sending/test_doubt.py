"""Calls of which nobody can say whether they arrived, and those that surely did not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inbox.failures import Own
from inbox.models import (
    Message,
    OutboxEntry,
)
from tests.inbox.sending.graph import Graph, answer, hang_up, refuse, send_until
from tests.inbox.sending.watching import attempts_of, has_status, status_of, was_refused

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


@pytest.mark.parametrize(
    "reply",
    [
        refuse(131000, http=500),
        refuse(1, http=400),
        refuse(3, http=500),
        answer("<html>bad gateway</html>", http=502),
        answer('{"messaging_product":"whatsapp","contacts":[{"inp'),
        answer('{"messaging_product":"whatsapp"}'),
        hang_up,
    ],
    ids=["131000", "unsure code", "any 5xx", "not json", "half an answer", "no id", "hang up"],
)
def test_what_may_have_gone_out_is_unknown_and_never_sent_again(
    say: Say, graph: Graph, reply: Any
) -> None:
    graph.replies = [reply]
    doubtful, after = say("doubtful"), say("after it")

    send_until(has_status(after, "accepted"), graph)

    assert graph.texts == ["doubtful", "after it"]
    doubtful.refresh_from_db()
    assert (doubtful.status, doubtful.provider_id) == ("unknown", None)
    assert [outcome for _, outcome, _ in attempts_of(doubtful)] == ["unknown"]
    assert OutboxEntry.objects.get().state == "unknown"


def test_an_answer_that_never_comes_is_unknown(
    say: Say, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.transports.whatsapp.SEND_SECONDS", 0.2)
    released: list[Any] = []

    async def stall(request: Any, body: Any) -> Any:
        import asyncio

        event = asyncio.Event()
        released.append(event)
        await event.wait()

    graph.replies = [stall]
    message = say()

    send_until(has_status(message, "unknown"), graph)

    assert len(graph.calls) == len(released) == 1


def test_a_closed_port_is_safe_to_try_again(
    say: Say, graph: Graph, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say()
    monkeypatch.setattr("accounts.graph.settings", Unreachable())

    send_until(was_refused(message), graph)

    assert status_of(message) == "queued"
    assert attempts_of(message) == [(1, "refused", Own.UNREACHABLE)]
    monkeypatch.undo()

    send_until(has_status(message, "accepted"), graph)
    assert len(graph.calls) == 1


class Unreachable:
    WHATSAPP_GRAPH_URL = "http://127.0.0.1:9"
    WHATSAPP_API_VERSION = "v25.0"
