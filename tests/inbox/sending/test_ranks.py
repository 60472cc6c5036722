"""Statuses against the database's own rule: whatever the order of news, the same end."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.models import Message
from tests.cast import outbound

pytestmark = pytest.mark.django_db
Status = Message.Status
OURS = [s for s in Status if s is not Status.RECEIVED]
BACK = {Status.SENDING, Status.UNKNOWN, Status.FAILED}


def may_follow(old: Status, new: Status) -> bool:
    """A message that was not sent may be queued again; anything else only moves on."""
    if Message.RANKS[new] >= Message.RANKS[old]:
        return True
    return new is Status.QUEUED and old in BACK


@pytest.mark.parametrize("old", OURS)
@pytest.mark.parametrize("new", OURS)
def test_the_trigger_keeps_every_step(conversation: object, old: Status, new: Status) -> None:
    message = outbound(conversation, status=old)  # type: ignore[arg-type]
    change = {"status": new, "rank": Message.RANKS[new]}
    rows = Message.objects.filter(pk=message.pk)
    if may_follow(old, new):
        assert rows.update(**change) == 1
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**change)
    assert rows.get().status == old


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(OURS), min_size=1, max_size=8))
def test_a_merge_by_rank_never_meets_the_trigger(conversation: object, news: list[Status]) -> None:
    """As the settling and the intake write: only what ranks higher, in one statement."""
    message = outbound(conversation, status=Status.QUEUED)  # type: ignore[arg-type]
    for status in news:
        rank = Message.RANKS[status]
        Message.objects.filter(pk=message.pk, rank__lt=rank).update(status=status, rank=rank)
    message.refresh_from_db()
    assert message.rank == max(Message.RANKS[s] for s in news)
