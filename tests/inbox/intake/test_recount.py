"""Whatever people and customers do, the figures on a conversation's row equal a recount."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest
from django.db.models import Max

from accounts.models import User
from inbox.actions.conversations import close_conversation, reopen_conversation
from inbox.actions.desks import mark_read
from inbox.actions.messages import send_message
from inbox.actions.notes import write_note
from inbox.actions.reactions import react
from inbox.actions.settling import Result, settle_attempts
from inbox.models import Conversation, Message, OutboxEntry, ReadMark, SessionWindow
from inbox.transports import Accepted
from tests.cast import AT
from tests.inbox.payloads.webhooks import (
    DIEGO,
    MARINA,
    US,
    contact,
    envelope,
    incoming,
    message,
    metadata,
    seconds,
    status,
    told,
)

IN, OUT, NOTE = Message.Direction.IN, Message.Direction.OUT, Message.Direction.NOTE
STATUSES = ("sent", "delivered", "read", "failed")


class Story:
    """Random steps of everybody; each second happens once, and webhooks come late and twice."""

    def __init__(self, seed: int, deliver: Any, ana: User) -> None:
        self.dice = random.Random(seed)
        self.deliver, self.ana, self.second = deliver, ana, 0
        self.late: list[dict[str, Any]] = []

    def run(self, steps: int) -> None:
        actions = [self.writes] * 4 + [self.answers] * 3
        actions += [self.echoes, self.statuses, self.reacts, self.edits, self.notes, self.reads]
        actions += [self.closes, self.reopens, self.late_comes]
        for _ in range(steps):
            self.second += 1
            self.dice.choice(actions)()

    @property
    def at(self) -> datetime:
        return seconds(self.second)

    def any(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return self.dice.choice(found) if found else None

    def post(self, value: dict[str, Any], field: str = "messages") -> None:
        document = envelope(value, field=field)
        if self.dice.random() < 0.25:
            self.late.append(document)
        else:
            self.deliver(*[document] * self.dice.choice((1, 1, 2)))

    def late_comes(self) -> None:
        self.dice.shuffle(self.late)
        self.deliver(*self.late)
        self.late = []

    def writes(self) -> None:
        who = self.dice.choice((DIEGO, MARINA))
        self.post(incoming(message(text="in", sender=who, at=self.at), people=[contact(who)]))

    def echoes(self) -> None:
        item = message(text="echo", sender=US, at=self.at) | {"to": DIEGO}
        self.post(metadata() | {"message_echoes": [item]}, "smb_message_echoes")

    def answers(self) -> None:
        talk = self.any(Conversation.objects.filter(status="open", window_closes_at__isnull=False))
        if talk is not None:
            sent = send_message(conversation=talk, author=self.ana, text="out", at=self.at)
            if self.dice.random() < 0.8:
                accepted = Accepted(f"wamid.OUT{sent.pk}")
                OutboxEntry.objects.filter(pk=sent.pk).update(state="claimed")
                settle_attempts(results=[Result(sent.pk, None, accepted)], at=self.at)

    def statuses(self) -> None:
        sent = self.any(Message.objects.filter(direction=OUT, provider_id__startswith="wamid.OUT"))
        if sent is not None:
            item = status(self.dice.choice(STATUSES), sent.provider_id, at=self.at)
            self.post(told(item))

    def edits(self) -> None:
        said = self.any(Message.objects.filter(direction=IN))
        if said is not None:
            about = {"original_message_id": said.provider_id}
            if self.dice.random() < 0.5:
                about |= {"message": {"type": "text", "text": {"body": "edited"}}}
                self.post(incoming(message("edit", edit=about, at=self.at)))
            else:
                self.post(incoming(message("revoke", revoke=about, at=self.at)))

    def reacts(self) -> None:
        said = self.any(Message.objects.filter(direction=IN, conversation__status="open"))
        if said is not None:
            react(message=said, user=self.ana, emoji="👍", at=self.at)

    def notes(self) -> None:
        if (talk := self.any(Conversation.objects.all())) is not None:
            write_note(conversation=talk, author=self.ana, text="note", at=self.at)

    def reads(self) -> None:
        if (talk := self.any(Conversation.objects.all())) is not None:
            mark_read(conversation=talk, user=self.ana, at=self.at)

    def closes(self) -> None:
        if talk := self.any(Conversation.objects.filter(status="open")):
            close_conversation(conversation=talk, by=self.ana, at=self.at)

    def reopens(self) -> None:
        talk = self.any(Conversation.objects.filter(status="closed"))
        standing = Conversation.objects.filter(status="open")
        if talk and not standing.filter(contact=talk.contact_id).exists():
            reopen_conversation(conversation=talk, by=self.ana, at=self.at)


def waiting_since(talk: Conversation) -> datetime | None:
    """The oldest message of the customer that no answer of ours came after, as they reached us.

    What failed is no answer.
    """
    waiting: list[datetime] = []
    echoed = AT
    for row in talk.messages.exclude(direction=NOTE).exclude(kind="reaction").order_by("pk"):
        if row.author_kind == Message.Author.PHONE_APP:
            echoed = max(echoed, row.at)
            waiting = [at for at in waiting if at > echoed]
        elif row.direction == OUT:
            waiting = waiting if row.status == "failed" else []
        elif row.at > echoed:
            waiting.append(row.at)
    return min(waiting, default=None)


@pytest.mark.parametrize("seed", range(6))
def test_the_figures_of_every_row_equal_a_recount(deliver, ana, seed):
    story = Story(seed, deliver, ana)
    story.run(90)
    story.late_comes()

    assert Message.objects.count() > 30
    for talk in Conversation.objects.all():
        shown = talk.messages.exclude(direction=NOTE).exclude(kind="reaction")
        assert talk.message_count == shown.count()
        assert talk.inbound_count == shown.filter(direction=IN).count()
        assert talk.last_inbound_at == shown.filter(direction=IN).aggregate(at=Max("at"))["at"]
        assert talk.waiting_since == waiting_since(talk)
        last = shown.order_by("-at", "-pk").first()
        if last is not None:
            assert talk.last_message_at == last.at
            assert talk.preview_failed == (last.status == "failed")
        if talk.status == "open":
            window = SessionWindow.objects.filter(contact=talk.contact_id).first()
            assert talk.window_closes_at == (window and window.closes_at)
    for mark in ReadMark.objects.select_related("conversation"):
        assert mark.seen_count <= mark.conversation.inbound_count
