"""A conversation as one JSON value: what archives freeze and exports write out.

Only JSON values that come back from PostgreSQL's jsonb as they went in, so that a digest of
them can be checked later. Times are ISO 8601 in UTC.
"""

from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from inbox.models import Attachment, Conversation, Event, Message, Participant
from inbox.queries.threads import with_message_parts

VERSION = 1
Transcript = dict[str, Any]
TIMES = ("sent_at", "delivered_at", "read_at", "failed_at", "edited_at", "revoked_at")


def read_transcript(conversation: Conversation, *, at: datetime) -> Transcript:
    """Everything that was said and done: participants, messages, notes, events, assignments."""
    messages = with_message_parts(conversation.messages.all()).order_by("at", "pk")
    events = conversation.events.select_related("actor").order_by("at", "pk")
    return {
        "version": VERSION,
        "written_at": stamp(at),
        "conversation": _conversation(conversation),
        "contact": _contact(conversation),
        "participants": [_participant(row) for row in _participants(conversation)],
        "assignments": _assignments(conversation),
        "messages": [_message(row) for row in messages],
        "events": [_event(row) for row in events],
    }


def stamp(moment: datetime | None) -> str | None:
    """A moment as text that is the same on every machine."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def person(user: User | None) -> dict[str, Any] | None:
    """Whoever it was, so that the name stays when the account goes."""
    return {"id": user.pk, "name": user.name, "email": user.email} if user else None


def _conversation(conversation: Conversation) -> dict[str, Any]:
    number = conversation.channel.number
    return {
        "id": conversation.pk,
        "channel": conversation.channel.name,
        "number": number.display_phone_number if number else "",
        "team": str(conversation.team or ""),
        "assignee": person(conversation.assignee),
        "status": conversation.status,
        "priority": conversation.priority,
        "labels": sorted(label.name for label in conversation.labels.all()),
        "opened_at": stamp(conversation.opened_at),
        "closed_at": stamp(conversation.closed_at),
        "closed_by": person(conversation.closed_by),
        "close_reason": conversation.close_reason,
    }


def _contact(conversation: Conversation) -> dict[str, Any]:
    contact = conversation.contact
    return {
        "id": contact.pk,
        "name": contact.name,
        "profile_name": contact.profile_name,
        "company": contact.company,
        "email": contact.email,
        "identities": [
            {"kind": row.kind, "value": row.value}
            for row in contact.identities.order_by("kind", "pk")
        ],
    }


def _participants(conversation: Conversation) -> list[Participant]:
    return list(
        conversation.participants.select_related("user", "contact").order_by("joined_at", "pk")
    )


def _participant(row: Participant) -> dict[str, Any]:
    return {
        "role": row.role,
        "name": str(row.user or row.contact or row.name),
        "user": row.user_id,
        "joined_at": stamp(row.joined_at),
        "left_at": stamp(row.left_at),
    }


def _assignments(conversation: Conversation) -> list[dict[str, Any]]:
    rows = conversation.assignments.select_related("user", "team", "by").order_by("at", "pk")
    return [
        {
            "team": str(row.team or ""),
            "user": person(row.user),
            "by": person(row.by),
            "note": row.note,
            "at": stamp(row.at),
            "ended_at": stamp(row.ended_at),
        }
        for row in rows
    ]


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "at": stamp(message.at),
        "direction": message.direction,
        "kind": message.kind,
        "author_kind": message.author_kind,
        "author": message.author_name or str(message.author or ""),
        "text": message.text,
        "payload": message.payload,
        "template": str(message.template or ""),
        "quoted": message.quoted_id,
        "provider_id": message.provider_id or "",
        "status": message.status,
        "error_code": message.error_code,
        "error_detail": message.error_detail,
        "pricing": message.pricing,
        **{name: stamp(getattr(message, name)) for name in TIMES},
        "attachments": [_attachment(row) for row in message.attachments.all()],
        "reactions": [
            {"by": row.author_kind, "emoji": row.emoji, "at": stamp(row.at)}
            for row in message.reactions.all()
        ],
    }


def _attachment(row: Attachment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "filename": row.filename,
        "mime_type": row.mime_type,
        "size": row.size,
        "sha256": row.sha256,
        "state": row.state,
    }


def _event(row: Event) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "at": stamp(row.at),
        "actor": person(row.actor),
        "data": row.data,
    }
