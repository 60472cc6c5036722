"""The one gate: every message to a customer, of people, bots and Sash itself, passes here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.media import StoredFile
from inbox.actions import pushes
from inbox.actions.assignments import take_conversation
from inbox.actions.contents import Content, plain_content, template_content
from inbox.actions.events import record_event
from inbox.actions.gate import (
    ChannelOff,
    ContactBlocked,
    ConversationNotOpen,
    FloorTaken,
    InvalidMessage,
    TemplateNotSendable,
    UnseenMessages,
    WindowClosed,
    admit_template,
    check_conversation,
    check_quote,
    check_seen,
    enter_gate,
    expiry_of,
)
from inbox.actions.previews import preview_author, preview_of
from inbox.actions.reactions import react
from inbox.actions.receipts import mark_read_to_customer, show_typing_to_customer
from inbox.actions.retries import NothingToConfirm, NotRetryable, confirm_unknown, retry_message
from inbox.models import Attachment, Conversation, Draft, Message, OutboxEntry
from inbox.outbox import add_to_outbox
from inbox.queries.access import NotPermitted
from inbox.queries.unseen import Seen
from templates_app.models import MessageTemplate
from templates_app.queries import standing

__all__ = [
    "ChannelOff",
    "ContactBlocked",
    "ConversationNotOpen",
    "FloorTaken",
    "InvalidMessage",
    "NotPermitted",
    "NotRetryable",
    "NothingToConfirm",
    "TemplateNotSendable",
    "UnseenMessages",
    "WindowClosed",
    "confirm_unknown",
    "mark_read_to_customer",
    "react",
    "retry_message",
    "send_message",
    "show_typing_to_customer",
]

Author = Message.Author
# Kinds whose text somebody wrote into the box where drafts are kept.
WRITTEN = {Message.Kind.TEXT, Message.Kind.IMAGE, Message.Kind.VIDEO, Message.Kind.DOCUMENT}
HUMAN, BOT = Conversation.Floor.HUMAN, Conversation.Floor.BOT


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: a person (user is given), a bot, or Sash."""

    kind: Message.Author
    user: User | None
    name: str

    @property
    def is_human(self) -> bool:
        return self.kind == Author.AGENT


@transaction.atomic
def send_message(
    *,
    conversation: Conversation,
    author: User | None,
    author_kind: Message.Author = Author.AGENT,
    author_name: str = "",
    kind: str = Message.Kind.TEXT,
    text: str = "",
    payload: Mapping[str, Any] | None = None,
    files: Sequence[StoredFile] = (),
    quoted: Message | None = None,
    template: MessageTemplate | None = None,
    template_values: Mapping[str, Any] | None = None,
    client_uuid: UUID | None = None,
    lane: OutboxEntry.Lane | None = None,
    seen: Seen | None = None,
    at: datetime,
) -> Message:
    """Queue one message to the customer and tell every page.

    payload is keyed by kind, in Meta's shape: {"interactive": {…}}; one file at most, of the
    kind or of a template's header; template_values as templates_app.rendering names them. The
    same client_uuid again gives the first message, whatever has changed since. seen: what the
    author's page has shown; None for who has none.

    Raises NotPermitted, ConversationNotOpen, ContactBlocked, ChannelOff, WindowClosed,
    UnseenMessages, FloorTaken, TemplateNotSendable, InvalidMessage.
    """
    voice = Voice(Author(author_kind), author, author_name or str(author or ""))
    if voice.is_human and author is None:
        raise NotPermitted("A message of an agent needs the agent.")
    locked = enter_gate(conversation, author)
    if first := _sent_before(client_uuid, locked, author):
        return first
    check_conversation(locked, is_free=template is None, at=at)
    check_seen(locked, seen, author)
    if voice.kind == Author.BOT and locked.floor != BOT:
        raise FloorTaken("People speak in this conversation.")
    if quoted is not None:
        check_quote(quoted, locked)
    if template is not None:
        template = standing(template)
        admit_template(template, locked, is_bulk=lane == OutboxEntry.Lane.BULK, at=at)
        content = template_content(template, template_values or {}, files)
    else:
        content = plain_content(kind, text, payload or {}, files)
    message = _write(locked, voice, content, quoted, client_uuid, at)
    expires_at = expiry_of(locked, is_free=template is None, at=at)
    lane = lane if lane is not None else _lane_of(voice)
    add_to_outbox(message, contact_id=locked.contact_id, lane=lane, expires_at=expires_at, at=at)
    _settle_conversation(locked, message, voice, at)
    pushes.message_changed(message)
    return message


def _sent_before(
    client_uuid: UUID | None, conversation: Conversation, author: User | None
) -> Message | None:
    """The message that this form made already: double click, retry, lost answer."""
    if client_uuid is None:
        return None
    first = Message.objects.filter(client_uuid=client_uuid).first()
    if first and (first.conversation_id, first.author_id) != (
        conversation.pk,
        author.pk if author else None,
    ):
        raise InvalidMessage({"client_uuid": ["This form was used elsewhere. Reload the page."]})
    return first


def _lane_of(voice: Voice) -> OutboxEntry.Lane:
    return OutboxEntry.Lane.REPLY if voice.is_human else OutboxEntry.Lane.AUTOMATIC


def _write(
    conversation: Conversation,
    voice: Voice,
    content: Content,
    quoted: Message | None,
    client_uuid: UUID | None,
    at: datetime,
) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        direction=Message.Direction.OUT,
        kind=content.kind,
        author_kind=voice.kind,
        author=voice.user,
        author_name=voice.name[:120],
        text=content.text,
        payload=content.payload,
        template=content.template,
        quoted=quoted,
        quoted_provider_id=(quoted.provider_id or "") if quoted else "",
        client_uuid=client_uuid,
        status=Message.Status.QUEUED,
        at=at,
        created_at=at,
    )
    if content.file is not None:
        _attach(message, content.file, content.file_kind)
    return message


def _attach(message: Message, file: StoredFile, kind: str) -> Attachment:
    return Attachment.objects.create(
        message=message,
        kind=kind,
        mime_type=file.mime_type,
        filename=file.filename[:300],
        size=file.size,
        sha256=file.sha256,
        stored_name=file.name,
        state=Attachment.State.READY,
        width=file.width,
        height=file.height,
        duration=file.duration,
        is_voice=file.is_voice,
        is_animated=file.is_animated,
    )


def _settle_conversation(
    conversation: Conversation, message: Message, voice: Voice, at: datetime
) -> None:
    """The row shows the new message; a person's first answer takes floor and conversation."""
    if voice.is_human and voice.user is not None:
        _take_floor(conversation, voice.user, at)
        if message.text and message.kind in WRITTEN:
            _forget_draft(conversation, voice.user)
        mark_read_to_customer(conversation=conversation, moment="replied", at=at)
    conversation.preview = preview_of(message)
    conversation.preview_author = preview_author(message)
    conversation.preview_failed = False
    conversation.last_message_at = max(conversation.last_message_at, at)
    if voice.kind != Author.SYSTEM:  # what Sash says by itself answers no question
        conversation.waiting_since = None
    conversation.message_count += 1
    conversation.save(
        update_fields=[
            "preview",
            "preview_author",
            "preview_failed",
            "last_message_at",
            "waiting_since",
            "message_count",
            "floor",
        ]
    )


def _forget_draft(conversation: Conversation, user: User) -> None:
    """What was written has gone; a template, a recording or a place leaves it waiting."""
    gone, _ = Draft.objects.filter(user=user, conversation=conversation, is_note=False).delete()
    if gone:
        pushes.desk_changed(user, conversation)


def _take_floor(conversation: Conversation, user: User, at: datetime) -> None:
    had_bot = conversation.floor == BOT
    assignee = conversation.assignee
    if assignee is None or not assignee.is_active:
        take_conversation(conversation=conversation, by=user, at=at)
        conversation.refresh_from_db()
    conversation.floor = HUMAN
    if had_bot:
        record_event(conversation=conversation, kind="floor_taken", actor=user, at=at)
