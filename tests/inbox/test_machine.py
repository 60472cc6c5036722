"""A machine that tries what nobody thought of: customers, agents, senders that die, Meta's news.

Meta is a dictionary here, and keeps a ledger. Whatever the order of steps: every webhook is
stored once, no message is called for more often than people or a plain refusal allowed, ranks
only rise, and what Meta last said of a message is what Sash says. SASH_MACHINE_STEPS gives the
number of steps (200 without it).
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from inbox.actions.attempts import take_messages
from inbox.actions.messages import NotRetryable, confirm_unknown, retry_message, send_message
from inbox.actions.settling import Result, settle_attempts
from inbox.actions.sweeps import ask_about_unknown, expire_entries, rescue_claims
from inbox.actions.turns import deal_turns, leave_turns
from inbox.intake.applier import apply_stored
from inbox.models import Conversation, Message, OutboxEntry, QuarantinedEvent, WebhookDelivery
from inbox.transports import Accepted, Outcome, Refused, Unknown
from tests import cast
from tests.inbox.payloads.webhooks import body_of, envelope, incoming, message, status, told

STEPS = int(os.environ.get("SASH_MACHINE_STEPS", "200"))
LENGTH = 40
PAST = timedelta(hours=1)
ENDS = ["taken", "refused", "no answer", "never left"]
NEWS = ["sent", "delivered", "read", "failed"]
RANKS = Message.RANKS


@dataclass
class Ledger:
    """What happened to one message of ours, as Meta and the agents know it."""

    calls: int = 0
    allowed: int = 1
    wamid: str = ""
    told: set[str] = field(default_factory=set)


class Inbox(RuleBasedStateMachine):
    """One customer, one agent, two senders that take turns."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        team = cast.make_team("Support")
        self.ana = cast.make_user("Ana Souza", User.Role.AGENT, team)
        self.channel = cast.make_channel(cast.make_number(cast.make_waba(cast.make_app())), team)
        self.numbers = itertools.count(1)
        self.inbound: set[str] = set()
        self.ledgers: dict[int, Ledger] = {}
        self.calls: list[Any] = []
        self.ranks: dict[int, int] = {}
        self.customer_writes(again=False)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def deliver(self, *values: Any, times: int = 1) -> None:
        for _ in range(times):
            WebhookDelivery.objects.create(body=body_of(envelope(*values)))
        apply_stored()

    @rule(again=st.booleans())
    def customer_writes(self, again: bool) -> None:
        wamid = f"wamid.IN{next(self.numbers)}"
        self.inbound.add(wamid)
        item = message(text="Hello", id=wamid, at=timezone.now())
        self.deliver(incoming(item), times=2 if again else 1)

    @rule()
    def agent_answers(self) -> None:
        row = send_message(
            conversation=Conversation.objects.get(),
            author=self.ana,
            text="Answer",
            at=timezone.now(),
        )
        self.ledgers[row.pk] = Ledger()

    @rule(worker=st.sampled_from(["one", "two"]))
    def a_sender_takes(self, worker: str) -> None:
        for other in {"one", "two"} - {worker}:
            leave_turns(worker=other, held={self.channel.pk: 0})
        deal_turns(worker=worker, held={}, busy=[], stalled=[])
        quotas = {(self.channel.pk, lane): 2 for lane in range(3)}
        taken = take_messages(
            worker=worker, quotas=quotas, pair_wait=lambda pair: 0.0, at=timezone.now()
        )
        self.calls += taken.calls
        for call in taken.calls:
            self.ledgers[call.message_id].calls += 1

    def reach_meta(self, call: Any) -> str:
        """The call arrives, whatever becomes of the answer."""
        ledger = self.ledgers[call.message_id]
        ledger.wamid = ledger.wamid or f"wamid.OUT{call.message_id}.{ledger.calls}"
        return ledger.wamid

    @precondition(lambda self: self.calls)
    @rule(end=st.sampled_from(ENDS), twice=st.booleans())
    def a_call_ends(self, end: str, twice: bool) -> None:
        call = self.calls.pop(0)
        outcome: Outcome = Unknown("cut")
        if end == "taken":
            outcome = Accepted(self.reach_meta(call))
        elif end == "refused":
            outcome = Refused(131056, "too fast", http_status=400, may_retry=True)
            self.ledgers[call.message_id].allowed += 1
        elif end == "no answer":
            self.reach_meta(call)
        result = Result(call.message_id, call.attempt_id, outcome)
        for _ in range(2 if twice else 1):
            settle_attempts(results=[result], at=timezone.now())

    @precondition(lambda self: self.calls)
    @rule(reached=st.booleans())
    def a_sender_dies(self, reached: bool) -> None:
        call = self.calls.pop(0)
        if reached:
            self.reach_meta(call)
        OutboxEntry.objects.filter(pk=call.message_id).update(lease_until=timezone.now() - PAST)
        rescue_claims(at=timezone.now())

    @rule(name=st.sampled_from(NEWS), which=st.integers(0, 50), times=st.integers(1, 2))
    def meta_tells(self, name: str, which: int, times: int) -> None:
        known = [(pk, each) for pk, each in self.ledgers.items() if each.wamid]
        if not known:
            return
        pk, ledger = known[which % len(known)]
        ledger.told.add(name)
        more: dict[str, Any] = {"biz_opaque_callback_data": f"sash:{pk}"}
        if name == "failed":
            more["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
        news = status(name, ledger.wamid, at=timezone.now(), **more)
        self.deliver(told(news), times=times)

    @rule()
    def time_passes_for_what_waits(self) -> None:
        OutboxEntry.objects.update(not_before=timezone.now() - PAST)
        ask_about_unknown(at=timezone.now())
        expire_entries(at=timezone.now())

    @rule(which=st.integers(0, 50), resend=st.booleans())
    def agent_decides(self, which: int, resend: bool) -> None:
        rows = list(Message.objects.filter(status=Message.Status.UNKNOWN).order_by("pk"))
        if not rows:
            return
        row = rows[which % len(rows)]
        confirm_unknown(message=row, resend=resend, by=self.ana, at=timezone.now())
        if resend:
            self.begin_anew(row)

    @rule(which=st.integers(0, 50))
    def agent_tries_again(self, which: int) -> None:
        rows = list(Message.objects.filter(status=Message.Status.FAILED).order_by("pk"))
        if not rows:
            return
        row = rows[which % len(rows)]
        try:
            retry_message(message=row, by=self.ana, at=timezone.now())
        except NotRetryable:
            return
        self.begin_anew(row)

    def begin_anew(self, row: Message) -> None:
        """Somebody wants another call; what was said of the one before counts no more."""
        ledger = self.ledgers[row.pk]
        ledger.allowed += 1
        ledger.wamid = ""
        ledger.told.clear()
        self.ranks.pop(row.pk)

    @invariant()
    def every_webhook_is_stored_once(self) -> None:
        rows = Message.objects.filter(direction="in")
        assert sorted(rows.values_list("provider_id", flat=True)) == sorted(self.inbound)
        talk = Conversation.objects.get()
        assert talk.inbound_count == len(self.inbound)
        assert talk.message_count == len(self.inbound) + len(self.ledgers)
        assert not QuarantinedEvent.objects.exists()

    @invariant()
    def nothing_is_called_for_more_often_than_allowed(self) -> None:
        assert {pk for pk, each in self.ledgers.items() if each.calls > each.allowed} == set()

    @invariant()
    def ranks_rise_and_nothing_is_lost(self) -> None:
        for row in Message.objects.filter(direction="out"):
            before = self.ranks.get(row.pk, 0)
            is_queued_again = row.status == Message.Status.QUEUED
            assert row.rank >= before or is_queued_again, (row.status, before)
            self.ranks[row.pk] = row.rank
            waits = row.status in ("queued", "sending")
            assert not waits or OutboxEntry.objects.filter(pk=row.pk).exists(), row.status

    @invariant()
    def what_meta_said_is_what_is_shown(self) -> None:
        for pk, ledger in self.ledgers.items():
            highest = max((RANKS[Message.Status(name)] for name in ledger.told), default=0)
            row = Message.objects.get(pk=pk)
            assert row.rank >= highest, (row.status, ledger)
            assert not ledger.told or row.provider_id == ledger.wamid

    @invariant()
    def what_is_held_has_a_lease(self) -> None:
        held = OutboxEntry.objects.filter(state=OutboxEntry.State.CLAIMED)
        assert not held.filter(lease_until=None).exists()


@pytest.mark.django_db
def test_whatever_the_order_of_steps_nothing_is_lost_or_doubled() -> None:
    run_state_machine_as_test(
        Inbox,
        settings=settings(
            max_examples=max(1, STEPS // LENGTH),
            stateful_step_count=LENGTH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
