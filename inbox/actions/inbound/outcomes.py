"""Reads what became of our messages (Meta, "Status messages webhook")."""

from datetime import datetime
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
USER_IDS = ("recipient_user_id", "recipient_parent_user_id")


def read_status(part: Part) -> Arrival:
    """One status of one message, or of a call. Raises Unreadable."""
    item = mapping(part.item, "status")
    if item.get("type") == "call":
        return read_call_status(part, part.number())
    name = string(item.get("status"), "status")
    if name not in STATUSES:
        raise Unreadable("unknown_status", f"status {name[:60]!r}")
    at = moment(item.get("timestamp"))
    provider_id = identifier(item.get("id"), "id")
    if not provider_id:
        raise Unreadable("no_target", "a status that does not say of which message")
    error_code, error_detail = _error(item)
    return StatusChange(
        number=part.number(),
        provider_id=provider_id,
        status=STATUSES[name],
        at=at,
        callback=string(item.get("biz_opaque_callback_data"), "biz_opaque_callback_data"),
        error_code=error_code,
        error_detail=error_detail,
        pricing=_pricing(item),
        person=_recipient(part, item, at),
        participant=identifier(
            item.get("recipient_participant_id") or item.get("participant_recipient_id"),
            "participant",
        ),
    )


def _error(item: dict[str, Any]) -> tuple[int | None, str]:
    """Code and words of the first error; most statuses have none."""
    errors = [mapping(error, "error") for error in sequence(item.get("errors"), "errors")]
    if not errors:
        return None, ""
    error = errors[0]
    data = mapping(error.get("error_data"), "error_data")
    words = data.get("details") or error.get("message") or error.get("title")
    return code(error.get("code")), string(words, "error")[:1000]


def _pricing(item: dict[str, Any]) -> dict[str, Any]:
    about = mapping(item.get("conversation"), "conversation")
    return mapping(item.get("pricing") or about.get("pricing"), "pricing")


def _recipient(part: Part, item: dict[str, Any], at: datetime) -> Person | None:
    """The customer, when the status ties a number to a user id; otherwise it tells nothing new."""
    tells = (part.context.get("contacts"), *map(item.get, USER_IDS))
    if item.get("recipient_type") == "group" or not any(tells):
        return None
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
