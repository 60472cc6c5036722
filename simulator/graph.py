"""The only place for the shape of the Graph API's errors, and which HTTP status each code has.

Codes, titles and statuses are those of Meta's page "Error codes".
"""

from __future__ import annotations

import secrets
from typing import Any

TITLES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "An unknown error occurred"),
    2: (503, "Service temporarily unavailable"),
    3: (500, "Capability or permissions issue"),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    200: (403, "Permissions error"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130403: (403, "Recipient is blocked by the business"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131020: (400, "Group is not valid"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (400, "Display name approval is needed"),
    131041: (400, "Group is unknown"),
    131042: (400, "Business eligibility payment issue"),
    131044: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped receiving marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131059: (400, "Cursor expired"),
    131062: (400, "Business-scoped user id is not supported for this message"),
    131063: (400, "Marketing templates are disabled on Cloud API"),
    131064: (400, "Classification violation messaging limit"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132008: (400, "Parameter value is not valid"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There's an issue with the parameters of your template"),
    132068: (400, "Flow is in blocked state"),
    132069: (400, "Flow is in throttled state"),
    133000: (500, "Incomplete deregistration"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two step verification PIN mismatch"),
    133006: (400, "Phone number re-verification needed"),
    133008: (400, "Too many two step verification PIN guesses"),
    133009: (400, "Two step verification PIN guessed too fast"),
    133010: (400, "Phone number not registered"),
    133015: (400, "Please wait a few minutes before attempting to register this phone number"),
    133016: (400, "Account register or deregister rate limit exceeded"),
    134011: (400, "WhatsApp payments terms of service has not been accepted"),
    134100: (400, "Only marketing messages supported"),
    134101: (400, "Template is syncing"),
    134102: (500, "Template unavailable for use"),
    135000: (400, "Generic user error"),
    136024: (400, "Request code error"),
    136025: (400, "Verify code error"),
    137000: (400, "Recipient identity key hash mismatch"),
    139000: (400, "Blocked by integrity"),
    139100: (400, "Failed to block/unblock some users"),
    139101: (400, "Blocklist limit reached"),
    139102: (400, "Blocklist concurrent update"),
    139103: (400, "Internal error"),
    139200: (400, "Direct send is blocked"),
    147001: (400, "Username is not valid"),
    2494100: (500, "Phone number is in maintenance"),
}
HREF = "/documentation/business-messaging/whatsapp/support/error-codes"


def http_status(code: int) -> int:
    return TITLES.get(code, (400, ""))[0]


def title(code: int) -> str:
    return TITLES.get(code, (400, "Unknown error"))[1]


class GraphError(Exception):
    """A call refused; `details` says why in a sentence, `more` are further keys of the body."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        status: int = 0,
        subcode: int = 0,
        message: str = "",
        kind: str = "OAuthException",
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(details or title(code))
        self.code, self.details, self.subcode = code, details, subcode
        self.status = status or http_status(code)
        self.message = message or f"(#{code}) {title(code)}"
        self.kind, self.more = kind, more or {}

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode:
            error["error_subcode"] = self.subcode
        return {"error": {**error, **self.more, "fbtrace_id": "A" + secrets.token_urlsafe(16)}}


def status_error(code: int, details: str = "") -> dict[str, Any]:
    """One element of `errors` on a failed status or an unreadable message."""
    name = title(code)
    return {
        "code": code,
        "title": name,
        "message": name,
        "error_data": {"details": details or name},
        "href": HREF,
    }


def unknown_object(key: str, verb: str) -> GraphError:
    return GraphError(
        100,
        subcode=33,
        kind="GraphMethodException",
        message=f"Unsupported {verb.lower()} request. Object with ID '{key}' does not exist,"
        " cannot be loaded due to missing permissions, or does not support this operation",
    )
