"""Plays the steps of a decision: through the one gate, and with the run's own record of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Team
from bots.decisions import tap_payload
from bots.models import AwayNotice, FlowRun
from bots.phrases import phrase
from bots.scenes import Button, Enter, HandOff, Miss, NoteAway, Say, Scene, Script, Step
from bots.summary import summarise
from inbox.actions import pushes
from inbox.actions.assignments import assign_conversation
from inbox.actions.events import record_event
from inbox.actions.messages import (
    ContactBlocked,
    ConversationNotOpen,
    FloorTaken,
    InvalidMessage,
    WindowClosed,
    send_message,
)
from inbox.actions.notes import write_note
from inbox.limits import numbers
from inbox.models import Conversation, Message, Participant

OPEN = Conversation.Status.OPEN
NAMESPACE = uuid.UUID("7a1c2f5e-2d0b-4c63-9a55-3f1d2c9a7b10")
REFUSALS = (WindowClosed, ContactBlocked, ConversationNotOpen, FloorTaken, InvalidMessage)
HISTORY = 40  # entries of a run that are kept: a summary is read, not studied


@dataclass
class Performance:
    """The answer to one message, step by step, inside the caller's transaction and lock."""

    message: Message
    run: FlowRun | None
    at: datetime
    record: list[dict[str, str]] = field(default_factory=list)
    spoken: int = 0

    @property
    def conversation(self) -> Conversation:
        return self.message.conversation

    def play(self, scene: Scene, steps: list[Step]) -> None:
        """Do the steps in order; a refusal of the gate gives the floor to people at once."""
        if scene.is_taken:
            leave_to_people(self.conversation, "", self.at)
            return
        self.record = [*(self.run.collected if self.run else []), self._heard(scene)]
        for step in steps:
            try:
                with transaction.atomic():
                    self._do(step, scene)
            except REFUSALS as refusal:
                self._do(HandOff(f"the bot could not answer: {refusal}"), scene)
                break
        self._save_run()

    def _do(self, step: Step, scene: Scene) -> None:
        match step:
            case Say():
                self._say(step, scene.language)
            case Enter(script):
                self._enter(script)
            case Miss():
                if self.run:
                    self.run.misses += 1
            case NoteAway(script):
                AwayNotice.objects.update_or_create(
                    flow_id=script.id,
                    contact=self.conversation.contact,
                    channel=self.conversation.channel,
                    defaults={"said_at": self.at},
                )
            case HandOff():
                self._hand_off(step)

    def _say(self, step: Say, language: str) -> None:
        content = interactive(step, language) if step.buttons else None
        self._join(step.script)
        send_message(
            conversation=self.conversation,
            author=None,
            author_kind=Message.Author.BOT,
            author_name=step.script.name,
            kind="interactive" if content else "text",
            text="" if content else step.text,
            payload={"interactive": content} if content else None,
            client_uuid=uuid.uuid5(NAMESPACE, f"{self.message.pk}:{self.spoken}"),
            at=self.at,
        )
        self.spoken += 1
        self.record.append({"who": "bot", "text": step.text})

    def _join(self, script: Script) -> None:
        bots = self.conversation.participants.filter(
            role=Participant.Role.BOT, left_at__isnull=True
        )
        if not bots.exists():
            Participant.objects.create(
                conversation=self.conversation,
                role=Participant.Role.BOT,
                name=script.name,
                joined_at=self.at,
            )

    def _enter(self, script: Script) -> None:
        if self.run is None:
            self.run = FlowRun(conversation=self.conversation, started_at=self.at)
        self.run.flow_id = script.id
        self.run.misses = 0

    def _hand_off(self, step: HandOff) -> None:
        if step.reason and (self.run or self.spoken):
            write_note(
                conversation=self.conversation,
                author=None,
                author_kind=Message.Author.BOT,
                author_name=self._name(),
                text=summarise(step.reason, self.record),
                at=self.at,
            )
        leave_to_people(self.conversation, step.reason, self.at, team_id=step.team_id)
        self._keep_waiting()

    def _keep_waiting(self) -> None:
        """The bot's words answered nothing that people now have to: the customer still waits."""
        Conversation.objects.filter(pk=self.conversation.pk, waiting_since=None).update(
            waiting_since=self.message.at
        )

    def _name(self) -> str:
        return self.run.flow.name if self.run else "Bot"

    def _heard(self, scene: Scene) -> dict[str, str]:
        tapped = "tap" if scene.heard.payload else "customer"
        return {"who": tapped, "text": scene.heard.text or f"({self.message.get_kind_display()})"}

    def _save_run(self) -> None:
        if self.run is None:
            return
        self.run.collected = self.record[-HISTORY:]
        self.run.last_step_at = self.at
        if self.conversation.floor == Conversation.Floor.HUMAN:
            self.run.ended_at = self.run.ended_at or self.at
        self.run.save()


def leave_to_people(
    conversation: Conversation, reason: str, at: datetime, *, team_id: int | None = None
) -> None:
    """Give the floor of a locked conversation to people; with a reason it is told as an event.

    team_id: the team that gets it; None: the one that has it, or else the channel's.
    """
    conversation.flow_runs.filter(ended_at=None).update(ended_at=at)
    conversation.participants.filter(role=Participant.Role.BOT, left_at=None).update(left_at=at)
    if conversation.floor != Conversation.Floor.BOT:
        return
    conversation.floor = Conversation.Floor.HUMAN
    conversation.save(update_fields=["floor"])
    _move(
        conversation, team_id or conversation.team_id or conversation.channel.default_team_id, at
    )
    pushes.conversation_changed(conversation)
    if reason:
        record_event(
            conversation=conversation,
            kind="handed_over",
            actor=None,
            at=at,
            reason=reason,
            team_name=str(conversation.team or ""),
        )


def _move(conversation: Conversation, team_id: int | None, at: datetime) -> None:
    if team_id in (None, conversation.team_id) or conversation.status != OPEN:
        return
    team = Team.objects.get(pk=team_id)
    assign_conversation(conversation=conversation, by=None, at=at, team=team)
    conversation.team = team


def interactive(step: Say, language: str) -> dict[str, Any]:
    """Up to three buttons, or a list of up to ten (Meta, "Interactive")."""
    buttons = step.buttons[: numbers.ROWS]
    body = {"text": step.text}
    if len(buttons) <= numbers.BUTTONS:
        replies = [{"type": "reply", "reply": _reply(step, b)} for b in buttons]
        return {"type": "button", "body": body, "action": {"buttons": replies}}
    rows = [_reply(step, b) for b in buttons]
    action = {"button": phrase("choose", language), "sections": [{"rows": rows}]}
    return {"type": "list", "body": body, "action": action}


def _reply(step: Say, button: Button) -> dict[str, str]:
    return {"id": tap_payload(step.script, button), "title": button.title}
