"""What a message costs and why it is free: the pricing models of the platform, by date. Pure.

Until January 2022 each template; then each conversation of 24 hours; since July 2025 each
delivered template; since October 2026 messages that are no template as well, the first thousand
of a number and month aside (Meta, "Pricing"; facts: "Windows and pricing"). Meta's own
categories; money is nowhere here, only whether something is charged and as what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

MARKETING, UTILITY, AUTHENTICATION, SERVICE = "marketing", "utility", "authentication", "service"
ALLOWANCE = 1000  # service messages of a number and month; by third parties, hence a setting


class Model(StrEnum):
    """What is counted."""

    NOTIFICATION = "per template"
    CONVERSATION = "per conversation of 24 hours"
    TEMPLATE = "per delivered template"
    MESSAGE = "per delivered message"


class Reason(StrEnum):
    """Why something is charged, or free."""

    CHARGED = "charged"
    ENTRY_POINT = "entry_point"
    WINDOW = "window"
    NO_TEMPLATE = "no_template"
    ALLOWANCE = "allowance"
    CONVERSATION = "conversation"


BEGINS = (
    (date(2026, 10, 1), Model.MESSAGE),
    (date(2025, 7, 1), Model.TEMPLATE),
    (date(2022, 2, 1), Model.CONVERSATION),
)
SERVICE_FREE_FROM = date(2024, 11, 1)  # within conversations of the customer's own


@dataclass(frozen=True, slots=True)
class Case:
    """What is known when a message leaves.

    category: of its template, or SERVICE without one. has_window: the customer wrote within 24
    hours. entry_point_until: the end of a free entry point's 72 hours. conversation_until: the
    end of a conversation of this category that was charged already. served: the number's
    service messages of this month so far, of which `allowance` are free.
    """

    at: datetime
    category: str
    has_window: bool = False
    entry_point_until: datetime | None = None
    conversation_until: datetime | None = None
    served: int = 0
    allowance: int = ALLOWANCE


def model_at(moment: datetime) -> Model:
    """The model of that day, in UTC."""
    day = moment.astimezone(UTC).date()
    return next((model for begin, model in BEGINS if day >= begin), Model.NOTIFICATION)


def reason_of(case: Case) -> Reason:
    """Whether a message is charged, and if not, why it is free."""
    model = model_at(case.at)
    if case.entry_point_until is not None and case.at < case.entry_point_until:
        return Reason.ENTRY_POINT
    return RULES[model](case)


def _notification(case: Case) -> Reason:
    return Reason.NO_TEMPLATE if case.category == SERVICE else Reason.CHARGED


def _conversation(case: Case) -> Reason:
    if case.conversation_until is not None and case.at < case.conversation_until:
        return Reason.CONVERSATION
    if case.category != SERVICE:
        return Reason.CHARGED
    if case.at.astimezone(UTC).date() >= SERVICE_FREE_FROM:
        return Reason.NO_TEMPLATE
    return Reason.ALLOWANCE if case.served < case.allowance else Reason.CHARGED


def _template(case: Case) -> Reason:
    if case.category == SERVICE:
        return Reason.NO_TEMPLATE
    return Reason.WINDOW if case.category == UTILITY and case.has_window else Reason.CHARGED


def _message(case: Case) -> Reason:
    if case.category == SERVICE and case.served < case.allowance:
        return Reason.ALLOWANCE
    return Reason.CHARGED


RULES = {
    Model.NOTIFICATION: _notification,
    Model.CONVERSATION: _conversation,
    Model.TEMPLATE: _template,
    Model.MESSAGE: _message,
}
