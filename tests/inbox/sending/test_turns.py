"""Each channel is with one sender at a time, and what one learnt is known to the next."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Channel, Team, Waba
from inbox.actions.turns import Turn, deal_turns, leave_turns, slow_turns
from inbox.models import Attempt, Conversation, Message, OutboxEntry, SendingProcess, SendingTurn
from inbox.outbox import add_to_outbox, claim_entries
from inbox.queries.paces import inbound_of_last_second, pair_history
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def channels(waba: Waba, support: Team) -> list[int]:
    numbers = [cast.make_number(waba, f"55{index}") for index in range(4)]
    return [cast.make_channel(number, support).pk for number in numbers]


def deal(worker: str, held: dict[int, int] | None = None, **parts: list[int]) -> list[Turn]:
    return deal_turns(worker=worker, **{"held": held or {}, "busy": [], "stalled": []} | parts)


def ids(turns: list[Turn]) -> set[int]:
    return {turn.channel_id for turn in turns}


def let_pass(seconds: float, worker: str) -> None:
    """As if nothing had been heard of a sender for so long."""
    for model, field in ((SendingTurn, "lease_until"), (SendingProcess, "alive_until")):
        for row in model.objects.filter(worker=worker):
            setattr(row, field, getattr(row, field) - timedelta(seconds=seconds))
            row.save()


def test_one_sender_has_all_channels_and_keeps_them(channels: list[int]) -> None:
    assert ids(deal("a")) == set(channels)
    assert ids(deal("a", dict.fromkeys(channels, 0))) == set(channels)


def test_a_second_sender_gets_its_half_once_the_first_gave_it_back(channels: list[int]) -> None:
    deal("a")
    assert deal("b") == []
    kept = ids(deal("a", dict.fromkeys(channels, 0)))
    got = ids(deal("b"))
    assert len(kept) == len(got) == 2
    assert kept | got == set(channels)


def test_what_is_busy_is_kept_until_nothing_begun_waits(channels: list[int]) -> None:
    deal("a")
    deal("b")
    turns = deal("a", dict.fromkeys(channels, 0), busy=channels)
    assert [turn.is_leaving for turn in turns].count(True) == 2
    assert deal("b") == []


def test_a_dead_sender_s_channels_are_taken_after_its_lease_and_not_before(
    channels: list[int],
) -> None:
    deal("a")
    let_pass(5, "a")
    assert deal("b") == []
    let_pass(2, "a")
    assert ids(deal("b")) == set(channels)


def test_who_leaves_in_good_order_hands_over_at_once_and_says_what_just_left(
    channels: list[int],
) -> None:
    deal("a")
    leave_turns(worker="a", held=dict.fromkeys(channels, 33))
    assert {turn.recent for turn in deal("b")} == {33}
    deal("b", dict.fromkeys(channels, 0))
    leave_turns(worker="b", held=dict.fromkeys(channels, 33))
    SendingTurn.objects.update(lease_until=timezone.now() - timedelta(seconds=2))
    assert {turn.recent for turn in deal("c")} == {0}, "that second is over"


def test_nothing_is_claimed_of_a_channel_that_is_with_another(
    channels: list[int], conversation: Conversation, at: datetime
) -> None:
    message = cast.outbound(conversation, status="queued", provider_id=None)
    channel = Channel.objects.get(pk=conversation.channel_id)
    lane, later = OutboxEntry.Lane.REPLY, timezone.now() + timedelta(hours=1)
    add_to_outbox(message, contact_id=1, lane=lane, expires_at=later, at=at)
    deal("a")
    assert claim_entries(worker="b", quotas={(channel.pk, lane): 1}) == []
    let_pass(7, "a")
    assert claim_entries(worker="a", quotas={(channel.pk, lane): 1}) == []
    deal("a")
    assert len(claim_entries(worker="a", quotas={(channel.pk, lane): 1})) == 1


def test_meta_s_slow_down_is_known_to_the_next_sender(channels: list[int]) -> None:
    deal("a")
    slow_turns(channel_id=channels[0], factor=0.25, code=130429)
    leave_turns(worker="a", held=dict.fromkeys(channels, 0))
    factors = {turn.channel_id: turn.factor for turn in deal("b")}
    assert factors == dict.fromkeys(channels, 1) | {channels[0]: 0.25}


@pytest.mark.parametrize("code", [4, 80007])
def test_a_slow_down_of_the_account_is_one_of_all_its_numbers(
    channels: list[int], code: int
) -> None:
    deal("a")
    slow_turns(channel_id=channels[0], factor=0.25, code=code)
    assert {turn.factor for turn in deal("a", dict.fromkeys(channels, 0))} == {0.25}


def test_a_stalled_channel_is_told_until_it_goes_on(channels: list[int]) -> None:
    deal("a")
    held = dict.fromkeys(channels, 0)
    deal("a", held, stalled=channels[:1])
    first = SendingTurn.objects.get(pk=channels[0]).stalled_since
    deal("a", held, stalled=channels[:1])
    assert SendingTurn.objects.get(pk=channels[0]).stalled_since == first is not None
    deal("a", held)
    assert not SendingTurn.objects.filter(stalled_since__isnull=False).exists()


def test_what_a_pair_got_and_what_held_it_up_is_read_from_the_attempts(
    conversation: Conversation,
) -> None:
    now = timezone.now()
    pair = f"{conversation.channel_id}:{conversation.contact_id}"
    for age in (300, 100, 50):
        message = cast.outbound(conversation)
        started = now - timedelta(seconds=age)
        Attempt.objects.create(message=message, number=1, started_at=started)
    held = cast.outbound(conversation, status="queued", provider_id=None)
    Attempt.objects.create(
        message=held, number=1, started_at=now, outcome="refused", error_code=131056
    )
    OutboxEntry.objects.create(
        message=held,
        channel=conversation.channel,
        pair=pair,
        tries=1,
        not_before=now + timedelta(seconds=16),
    )
    history = pair_history([conversation.channel_id])
    assert history.ages[pair] == pytest.approx([100, 50, 0], abs=5)
    assert history.blocked[pair] == pytest.approx(16, abs=5)


def test_what_came_in_within_the_last_second_is_counted(conversation: Conversation) -> None:
    now = timezone.now()
    for age in (0, 0.1, 30):
        message = cast.inbound(conversation, at=now)
        Message.objects.filter(pk=message.pk).update(created_at=now - timedelta(seconds=age))
    cast.outbound(conversation)
    assert inbound_of_last_second([conversation.channel_id], since=0) == {
        conversation.channel_id: 2
    }
