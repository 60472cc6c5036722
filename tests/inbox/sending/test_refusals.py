"""What Meta refuses: what is tried again, when, and what it says about the number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AccountEvent, PhoneNumber, User
from inbox.actions.messages import send_message
from inbox.models import (
    Contact,
    Conversation,
    Message,
    OutboxEntry,
    SessionWindow,
)
from tests import cast
from tests.inbox.sending.graph import Graph, refuse, send_until
from tests.inbox.sending.watching import attempts_of, has_status, status_of, waits, was_refused

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def test_a_refused_message_is_tried_again_before_the_one_behind_it(say: Say, graph: Graph) -> None:
    graph.replies = [refuse(80007)]
    first, second = say("first"), say("second")

    send_until(has_status(second, "accepted"), graph)

    assert graph.texts == ["first", "first", "second"]
    assert attempts_of(first) == [(1, "refused", 80007), (2, "accepted", None)]


def test_meta_s_word_on_how_long_to_wait_is_obeyed(say: Say, graph: Graph) -> None:
    graph.replies = [refuse(4, http=429, **{"Retry-After": "45"})]
    message = say()

    send_until(was_refused(message), graph)

    assert status_of(message) == "queued"
    assert 43 < waits(message) < 45


@pytest.mark.parametrize("code", [100, 131026, 131051, 132007, 999999])
def test_a_final_refusal_fails_with_metas_own_words(say: Say, graph: Graph, code: int) -> None:
    graph.replies = [refuse(code, details="Meta's own words")]
    message = say()

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert (message.error_code, message.error_detail) == (code, "Meta's own words")
    assert message.failed_at is not None
    assert message.conversation.__class__.objects.get().preview_failed
    assert not OutboxEntry.objects.exists()
    assert len(graph.calls) == 1


def test_the_pair_limit_waits_four_to_the_power_of_x(
    say: Say, graph: Graph, now: datetime
) -> None:
    message = say()
    seen = []
    for expected in (1, 4, 16):
        graph.replies = [refuse(131056)]
        count = message.attempts.count()
        send_until(lambda c=count: message.attempts.exclude(outcome="started").count() > c, graph)
        seen.append(waits(message))
        assert expected - 0.7 < seen[-1] <= expected
        OutboxEntry.objects.update(not_before=now)
    assert attempts_of(message) == [(n, "refused", 131056) for n in (1, 2, 3)]


def test_the_pair_limit_holds_up_nobody_else(
    say: Say,
    graph: Graph,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
    ana: User,
    now: datetime,
) -> None:
    graph.replies = [refuse(131056)]
    other = conversation_with(marina)
    cast.inbound(other, at=now)
    blocked = say("to Diego")
    send_until(was_refused(blocked), graph)
    OutboxEntry.objects.update(not_before=now + timedelta(hours=1))
    free = send_message(conversation=other, author=ana, text="to Marina", at=now)

    send_until(has_status(free, "accepted"), graph)

    assert graph.texts == ["to Diego", "to Marina"]


def test_a_refused_token_pauses_the_number_and_nothing_is_lost(say: Say, graph: Graph) -> None:
    graph.replies = [refuse(190, http=401, details="Error validating access token")]
    first, second = say("first"), say("second")

    send_until(lambda: PhoneNumber.objects.get().is_paused and was_refused(first)(), graph)

    assert graph.texts == ["first"]
    assert (status_of(first), status_of(second)) == ("queued", "queued")
    assert AccountEvent.objects.get().kind == "paused"

    PhoneNumber.objects.update(is_paused=False)
    send_until(has_status(second, "accepted"), graph)
    assert graph.texts == ["first", "first", "second"]


def test_meta_saying_that_the_window_is_closed_closes_it(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    graph.replies = [refuse(131047)]
    message = say()

    send_until(has_status(message, "failed"), graph)

    talk.refresh_from_db()
    assert not talk.window.is_open(timezone.now())
    assert SessionWindow.objects.get().closes_at <= timezone.now()
