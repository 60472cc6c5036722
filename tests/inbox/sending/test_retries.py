"""What people decide about messages that failed or may have gone out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.actions.messages import (
    NothingToConfirm,
    NotPermitted,
    NotRetryable,
    WindowClosed,
    confirm_unknown,
    react,
    retry_message,
)
from inbox.actions.sweeps import ask_about_unknown
from inbox.failures import Own
from inbox.models import Conversation, Message, OutboxEntry, Reaction
from inbox.queries.threads import read_thread
from tests.inbox.sending.graph import Graph, hang_up, refuse, send_until

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def has_status(message: Message, status: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(pk=message.pk, status=status).exists()


def fail(message: Message, graph: Graph, code: int = 131026) -> None:
    graph.replies = [refuse(code, details="no")]
    send_until(has_status(message, "failed"), graph)
    message.refresh_from_db()


def leave_unknown(message: Message, graph: Graph) -> None:
    graph.replies = [hang_up]
    send_until(has_status(message, "unknown"), graph)
    message.refresh_from_db()


def test_a_retry_is_a_new_attempt_of_the_same_message(say: Say, graph: Graph, ana: User) -> None:
    message = say()
    fail(message, graph)

    retry_message(message=message, by=ana, at=timezone.now())
    send_until(has_status(message, "accepted"), graph)

    assert Message.objects.filter(direction="out").count() == 1
    rows = message.attempts.order_by("number")
    assert [(row.number, row.outcome, row.provider_id) for row in rows] == [
        (1, "refused", ""),
        (2, "accepted", "wamid.FAKE000001"),
    ]
    message.refresh_from_db()
    assert (message.error_code, message.error_detail, message.failed_at) == (None, "", None)
    assert not Conversation.objects.get().preview_failed


@pytest.mark.parametrize("code", [131049, 130472, 131050, 131047])
def test_no_retry_where_it_would_do_harm(say: Say, graph: Graph, ana: User, code: int) -> None:
    message = say()
    fail(message, graph, code)

    with pytest.raises(NotRetryable):
        retry_message(message=message, by=ana, at=timezone.now())
    assert not OutboxEntry.objects.exists()


def test_only_what_failed_is_tried_again(say: Say, ana: User, now: datetime) -> None:
    with pytest.raises(NotRetryable):
        retry_message(message=say(), by=ana, at=now)


def test_a_retry_passes_the_gate_again(say: Say, graph: Graph, ana: User, cleo: User) -> None:
    message = say()
    fail(message, graph)
    with pytest.raises(NotPermitted):
        retry_message(message=message, by=cleo, at=timezone.now())
    with pytest.raises(WindowClosed):
        retry_message(message=message, by=ana, at=timezone.now() + timedelta(hours=25))
    assert not OutboxEntry.objects.exists()


def test_after_two_minutes_without_a_word_the_message_asks(say: Say, graph: Graph) -> None:
    message = say()
    leave_unknown(message, graph)
    soon, later = timezone.now() + timedelta(minutes=1), timezone.now() + timedelta(minutes=3)

    assert ask_about_unknown(at=soon) == 0
    assert not Message.objects.get(pk=message.pk).asks_to_resend
    assert ask_about_unknown(at=later) == 1
    assert Message.objects.get(pk=message.pk).asks_to_resend
    assert ask_about_unknown(at=later) == 0, "it asks once"


def test_news_that_came_meanwhile_end_the_question(say: Say, graph: Graph) -> None:
    message = say()
    leave_unknown(message, graph)
    Message.objects.filter(pk=message.pk).update(status="delivered", rank=6)

    assert ask_about_unknown(at=timezone.now() + timedelta(minutes=3)) == 0
    assert not OutboxEntry.objects.exists()


def test_an_unknown_message_is_sent_again_only_because_somebody_says_so(
    say: Say, graph: Graph, ana: User
) -> None:
    message = say()
    leave_unknown(message, graph)

    confirm_unknown(message=message, resend=True, by=ana, at=timezone.now())
    send_until(has_status(message, "accepted"), graph)

    assert len(graph.calls) == 2
    outcomes = message.attempts.order_by("number").values_list("outcome", flat=True)
    assert list(outcomes) == ["unknown", "accepted"]


def test_an_unknown_message_may_be_left(say: Say, graph: Graph, ana: User) -> None:
    message = say()
    leave_unknown(message, graph)

    confirm_unknown(message=message, resend=False, by=ana, at=timezone.now())

    message.refresh_from_db()
    assert (message.status, message.error_code) == ("failed", Own.NOT_CONFIRMED)
    assert not OutboxEntry.objects.exists()
    Message.objects.filter(pk=message.pk).update(status="delivered", rank=6)  # Meta knows better


def test_the_question_is_answered_once(say: Say, graph: Graph, ana: User, ben: User) -> None:
    message = say()
    leave_unknown(message, graph)
    confirm_unknown(message=message, resend=True, by=ana, at=timezone.now())
    with pytest.raises(NothingToConfirm):
        confirm_unknown(message=message, resend=True, by=ben, at=timezone.now())


def test_a_reaction_is_drawn_at_once_and_leaves_like_a_message(
    talk: Conversation, ana: User, graph: Graph, now: datetime
) -> None:
    asked = talk.messages.get()
    carrier = react(message=asked, user=ana, emoji="👍", at=now)
    assert [r.emoji for r in asked.reactions.all()] == ["👍"]

    send_until(has_status(carrier, "accepted"), graph)

    assert graph.calls[0]["reaction"] == {"message_id": asked.provider_id, "emoji": "👍"}
    assert read_thread(conversation=talk).items == [asked]
    talk.refresh_from_db()
    assert talk.message_count == 1


def test_a_reaction_is_changed_and_taken_back(
    talk: Conversation, ana: User, ben: User, now: datetime
) -> None:
    asked = talk.messages.get()
    for user, emoji in ((ana, "👍"), (ben, "❤️"), (ana, ""), (ben, "😀")):
        react(message=asked, user=user, emoji=emoji, at=now)
        standing = [r.emoji for r in Reaction.objects.filter(message=asked)]
        assert standing == ([emoji] if emoji else [])


def test_a_reaction_that_meta_refuses_is_not_shown_as_if_it_had_gone(
    talk: Conversation, ana: User, graph: Graph, now: datetime
) -> None:
    asked = talk.messages.get()
    carrier = react(message=asked, user=ana, emoji="👍", at=now)
    graph.replies = [refuse(131009)]

    send_until(has_status(carrier, "failed"), graph)

    assert not Reaction.objects.filter(message=asked).exists()
    assert not Conversation.objects.get().preview_failed


def test_a_reaction_needs_an_open_window(talk: Conversation, ana: User, now: datetime) -> None:
    with pytest.raises(WindowClosed):
        react(message=talk.messages.get(), user=ana, emoji="👍", at=now + timedelta(hours=25))
