"""Writes the rows of the demo's messages as intake and sender leave them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Channel
from inbox.actions.previews import preview_author, preview_of
from inbox.failures import explain_failure
from inbox.models import Contact, Conversation, Message, Participant, SessionWindow
from inbox.window import closing_time, later

Status = Message.Status
MINUTE = timedelta(minutes=1)


class Writer:
    """One conversation, and the moment at which its next row is written."""

    def __init__(
        self, contact: Contact, channel: Channel, *, begin: datetime, now: datetime, **fields: Any
    ) -> None:
        self.at, self.now = begin, now
        self.said: list[Message] = []
        self.conversation = Conversation.objects.create(
            **{
                "contact": contact,
                "channel": channel,
                "team": channel.default_team,
                "opened_at": begin,
                "last_message_at": begin,
            }
            | fields
        )
        Participant.objects.create(
            conversation=self.conversation,
            role=Participant.Role.CUSTOMER,
            contact=contact,
            joined_at=begin,
        )

    def receive(self, text: str = "", **fields: Any) -> None:
        """A message of the customer, which opens the window."""
        self.write(Message.Direction.IN, Message.Author.CUSTOMER, text=text, **fields)
        row = self.conversation
        closes_at = later(row.window_closes_at, closing_time(self.at))
        row.inbound_count += 1
        row.last_inbound_at = self.at
        row.waiting_since = row.waiting_since or self.at
        row.window_closes_at = closes_at
        row.window_closed_announced = closes_at <= self.now
        row.save()
        window, is_new = SessionWindow.objects.get_or_create(
            contact=row.contact,
            channel=row.channel,
            defaults={"opened_at": self.at, "closes_at": closes_at},
        )
        if not is_new:
            window.opened_at, window.closes_at = self.at, later(window.closes_at, closes_at)
            window.save()

    def send(
        self, author_kind: Message.Author, *, state: str | int = "read", **fields: Any
    ) -> None:
        """A message of ours that Meta took, or refused."""
        fate: dict[str, Any]
        if isinstance(state, int):
            fate = {"status": Status.FAILED, "failed_at": self.at, "error_code": state}
            fate["error_detail"] = explain_failure(state).cause
        else:
            fate = {"status": Status(state), "sent_at": self.at}
            fate |= {"delivered_at": self.at} if state in {"delivered", "read"} else {}
            fate |= {"read_at": self.at + MINUTE} if state == "read" else {}
        fate["rank"] = Message.RANKS[Status(fate["status"])]
        message = self.write(Message.Direction.OUT, author_kind, **fate, **fields)
        if author_kind == Message.Author.AGENT:
            self.conversation.waiting_since = None
        self.conversation.preview_failed = message.status == Status.FAILED
        self.conversation.save()

    def write(self, direction: str, author_kind: Message.Author, **fields: Any) -> Message:
        """The row, and what the list shows of it."""
        row = self.conversation
        author = fields.get("author") or (row.contact if direction == "in" else None)
        defaults = {"status": Status.RECEIVED, "author_name": str(author or "")}
        message = Message.objects.create(
            conversation=row,
            channel=row.channel,
            direction=direction,
            author_kind=author_kind,
            provider_id=f"wamid.demo.{row.pk}.{row.message_count}",
            at=self.at,
            created_at=self.at,
            **defaults | fields,
        )
        row.message_count += 1
        row.last_message_at = self.at
        row.preview, row.preview_author = preview_of(message), preview_author(message)
        row.preview_failed = False
        self.said.append(message)
        return message
