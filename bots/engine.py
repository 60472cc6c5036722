"""Answers bells: claims them, and lets the bot decide and act in one transaction.

A bell is a row beside each inbound message, written by intake in the same transaction. The
answer (messages, notes, the run, the bell's deletion) is one transaction under the
conversation's lock, so a crash leaves either nothing or all of it, and no person can come in
between the look and the word.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from bots.decisions import decide
from bots.gathering import gather_scene
from bots.models import Flow, FlowRun
from bots.performing import Performance, leave_to_people
from inbox.actions import pushes
from inbox.models import Bell, Conversation, Participant

LEASE = timedelta(seconds=30)
BATCH = 200
MAX_TRIES = 4  # with the lease between them: the message is stale for a bot by then
BOT, HUMAN = Conversation.Floor.BOT, Conversation.Floor.HUMAN
log = logging.getLogger("sash.bots")


def answer_bells(*, at: datetime | None = None) -> int:
    """Answer every bell that nobody else is answering; says how many conversations those were.

    One conversation that fails is tried again when its lease ends, and given to people after
    four tries; the others go on.
    """
    answered = 0
    while claimed := claim_bells(at=at or timezone.now()):
        silent = leave_alone(claimed, at=at or timezone.now())
        answered += len(silent)
        for conversation_id, tries in claimed.items():
            if conversation_id not in silent:
                answered += _answer_safely(conversation_id, tries, at)
    return answered


def claim_bells(*, at: datetime, limit: int = BATCH) -> dict[int, int]:
    """Take free bells under a lease. Conversation id -> tries so far, oldest bell first."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    with transaction.atomic():
        bells = list(
            Bell.objects.select_for_update(skip_locked=True)
            .filter(free)
            .order_by("message_id")
            .values_list("message_id", "message__conversation_id", "tries")[:limit]
        )
        Bell.objects.filter(pk__in=[pk for pk, _, _ in bells]).update(
            lease_until=at + LEASE, tries=F("tries") + 1
        )
    claimed: dict[int, int] = {}
    for _, conversation_id, tries in bells:
        claimed[conversation_id] = max(tries, claimed.get(conversation_id, 0))
    return claimed


@transaction.atomic
def leave_alone(conversation_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Drop the bells where no bot has anything to say: people speak, or the channel has no flow.

    That is most of what comes, so it takes a few statements for all of them. Where a bot still
    has a part it takes its leave as `answer_conversation` says. The ids of those left alone.
    """
    runs = FlowRun.objects.filter(conversation=OuterRef("pk"), ended_at=None)
    bots = Participant.objects.filter(
        conversation=OuterRef("pk"), role=Participant.Role.BOT, left_at=None
    )
    is_new = Q(floor=BOT, status=Conversation.Status.OPEN, team__isnull=False)
    rows = (
        Conversation.objects.filter(~Exists(runs), ~Exists(bots), pk__in=list(conversation_ids))
        .filter(Q(floor=HUMAN) | is_new & ~_has_flows())
        .select_for_update(of=("self",), skip_locked=True)  # who is busy is answered by itself
        .order_by("pk")
    )
    floors = dict(rows.values_list("pk", "floor"))
    taken = [pk for pk, floor in floors.items() if floor == BOT]
    Conversation.objects.filter(pk__in=taken).update(floor=HUMAN)
    pushes.messages_changed({}, taken=taken)
    Bell.objects.filter(message__conversation__in=floors).delete()
    return set(floors)


def _has_flows() -> Q:
    """Conversations on channels where a flow may speak."""
    active = Flow.objects.filter(is_active=True)
    if active.filter(channels=None).exists():
        return Q(pk__isnull=False)
    return Q(channel__in=active.values("channels"))


@transaction.atomic
def answer_conversation(*, conversation_id: int, at: datetime) -> None:
    """Answer the waiting messages of one conversation in their order, then drop their bells."""
    conversation = lock_conversation(conversation_id)
    bells = Bell.objects.filter(message__conversation=conversation).select_related("message")
    for bell in bells.order_by("message__at", "message_id"):
        message = bell.message
        message.conversation = conversation
        run = conversation.flow_runs.select_related("flow").filter(ended_at=None).first()
        scene = gather_scene(message, run, at)
        Performance(message, run, at).play(scene, decide(scene, at))
        bell.delete()


@transaction.atomic
def give_up(*, conversation_id: int, at: datetime) -> None:
    """Leave a conversation that the bot fails at to people, without a word."""
    conversation = lock_conversation(conversation_id)
    leave_to_people(conversation, "the bot failed; see the worker's log", at)
    Bell.objects.filter(message__conversation=conversation).delete()


def lock_conversation(conversation_id: int) -> Conversation:
    """The conversation with what an answer reads, its row locked until the transaction ends."""
    return (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("contact", "channel__default_team", "team")
        .get(pk=conversation_id)
    )


def _answer_safely(conversation_id: int, tries: int, at: datetime | None) -> int:
    now = at or timezone.now()
    try:
        if tries >= MAX_TRIES:
            give_up(conversation_id=conversation_id, at=now)
        else:
            answer_conversation(conversation_id=conversation_id, at=now)
    except Exception:  # one conversation's poison must not keep the others waiting
        log.exception("no answer in conversation %s", conversation_id)
        return 0
    return 1


def run_of(conversation: Conversation) -> FlowRun | None:
    """The bot's open part in a conversation."""
    return FlowRun.objects.filter(conversation=conversation, ended_at=None).first()
