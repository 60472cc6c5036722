"""Reads what became of our messages (Meta, "Status messages webhook")."""

from typing import Any

from inbox.actions.inbound.arrivals import Arrival, Person, StatusChange
from inbox.actions.inbound.happenings import read_call_status
from inbox.actions.inbound.parts import Part
from inbox.actions.inbound.people import complete, read_contact
from inbox.actions.inbound.shapes import (
    Unreadable,
    code,
    identifier,
    mapping,
    moment,
    sequence,
    string,
)
from inbox.models import Message

STATUSES = {
    "sent": Message.Status.SENT,
    "delivered": Message.Status.DELIVERED,
    "read": Message.Status.READ,
    "played": Message.Status.PLAYED,
    "failed": Message.Status.FAILED,
}


def read_status(part: Part) -> Arrival:
    """One status of one message, or of a call. Raises Unreadable."""
    item = mapping(part.item, "status")
    if item.get("type") == "call":
        return read_call_status(part, part.number())
    name = string(item.get("status"), "status")
    if name not in STATUSES:
        raise Unreadable("unknown_status", f"status {name[:60]!r}")
    at = moment(item.get("timestamp"))
    errors = [mapping(error, "error") for error in sequence(item.get("errors"), "errors")]
    error = errors[0] if errors else {}
    data = mapping(error.get("error_data"), "error_data")
    about = mapping(item.get("conversation"), "conversation")
    provider_id = identifier(item.get("id"), "id")
    if not provider_id:
        raise Unreadable("no_target", "a status that does not say of which message")
    return StatusChange(
        number=part.number(),
        provider_id=provider_id,
        status=STATUSES[name],
        at=at,
        callback=string(item.get("biz_opaque_callback_data"), "biz_opaque_callback_data"),
        error_code=code(error.get("code")),
        error_detail=string(
            data.get("details") or error.get("message") or error.get("title"), "error"
        )[:1000],
        pricing=mapping(item.get("pricing") or about.get("pricing"), "pricing"),
        person=_recipient(part, item),
        participant=identifier(
            item.get("recipient_participant_id") or item.get("participant_recipient_id"),
            "participant",
        ),
    )


def _recipient(part: Part, item: dict[str, Any]) -> Person | None:
    """The customer, when the status ties a number to a user id; otherwise it tells nothing new."""
    if item.get("recipient_type") == "group":
        return None
    at = moment(item.get("timestamp"))
    own = read_contact(
        {
            "wa_id": item.get("recipient_id"),
            "user_id": item.get("recipient_user_id"),
            "parent_user_id": item.get("recipient_parent_user_id"),
        },
        at,
    )
    person = complete(own, part.context, at)
    return person if person.bsuid or person.parent_bsuid else None
