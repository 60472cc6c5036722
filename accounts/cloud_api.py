"""Calls that manage numbers and accounts, for pages and tasks; sending has a way of its own.

Each is one or a few short calls with a time limit. Meta, "Phone numbers", "Business profiles",
"Message templates" and "Subscribed apps".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from accounts.graph import Answer, NoAnswer, NotReached, call, open_session
from accounts.models import PhoneNumber, Waba

SECONDS = 15.0
UPLOAD_SECONDS = 120.0
PAGES = 60  # of 200 rows: twice what a WABA may hold
NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,name_status,status,quality_rating,"
    "code_verification_status,throughput,is_on_biz_app,health_status,"
    "whatsapp_business_manager_messaging_limit,webhook_configuration"
)
PROFILE_FIELDS = "about,address,description,email,profile_picture_url,websites,vertical"
TEMPLATE_FIELDS = (
    "id,name,language,category,status,components,parameter_format,quality_score,"
    "rejected_reason,correct_category"
)
TOKEN_CODES = {0, 190}


class CloudApiError(Exception):
    """Meta refused, or could not be reached; the text is for people. code: Meta's, if any."""

    def __init__(self, text: str, code: int | None = None) -> None:
        self.code = code
        super().__init__(text)

    @property
    def is_unauthorised(self) -> bool:
        return self.code in TOKEN_CODES


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried, and what came of it, in words."""

    name: str
    is_ok: bool
    words: str


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """findings in the order of trying; what depends on a failed one was not tried."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        return all(finding.is_ok for finding in self.findings)


def read_numbers(waba: Waba) -> list[dict[str, Any]]:
    """Every number of the account, with Meta's fields. Raises CloudApiError."""
    return _read_list(waba, f"{waba.waba_id}/phone_numbers", {"fields": NUMBER_FIELDS})


def read_number(number: PhoneNumber) -> dict[str, Any]:
    """One number's fields. Raises CloudApiError."""
    return _read(number.waba, number.phone_number_id, {"fields": NUMBER_FIELDS})


def read_profile(number: PhoneNumber) -> dict[str, Any]:
    """What customers read about the business. Raises CloudApiError."""
    path = f"{number.phone_number_id}/whatsapp_business_profile"
    rows = _read(number.waba, path, {"fields": PROFILE_FIELDS}).get("data")
    first = rows[0] if isinstance(rows, list) and rows else {}
    return first if isinstance(first, dict) else {}


def write_profile(number: PhoneNumber, values: Mapping[str, Any]) -> None:
    """Change the profile at Meta: about, address, description, email, websites, vertical."""
    path = f"{number.phone_number_id}/whatsapp_business_profile"
    body = {"messaging_product": "whatsapp", **values}
    _write(number.waba, path, body)


def read_templates(waba: Waba) -> list[dict[str, Any]]:
    """Every template in every language, page by page. Raises CloudApiError."""
    query = {"fields": TEMPLATE_FIELDS, "limit": "200"}
    return _read_list(waba, f"{waba.waba_id}/message_templates", query)


def create_template(waba: Waba, body: Mapping[str, Any]) -> dict[str, Any]:
    """Send a new template in for review. Gives its id, status and category.

    Raises CloudApiError.
    """
    return _write(waba, f"{waba.waba_id}/message_templates", body)


def edit_template(waba: Waba, template_id: str, body: Mapping[str, Any]) -> None:
    """All its components anew, and the category. Raises CloudApiError."""
    _write(waba, template_id, body)


def delete_template(waba: Waba, name: str, template_id: str) -> None:
    """One language of a template. Raises CloudApiError."""
    query = {"name": name, "hsm_id": template_id}
    _body(asyncio.run(_once(waba, "DELETE", f"{waba.waba_id}/message_templates", params=query)))


def upload_sample(waba: Waba, path: Path, *, name: str, mime_type: str) -> str:
    """Meta's handle of a file, by the resumable upload (Meta, "Resumable Upload API").

    For the example of a template's header, and for a profile's picture. Raises CloudApiError.
    """
    query = {
        "file_name": name or "sample",
        "file_length": str(path.stat().st_size),
        "file_type": mime_type,
    }
    begun = _once(waba, "POST", f"{waba.app.app_id}/uploads", params=query)
    upload = str(_body(asyncio.run(begun)).get("id", ""))
    headers = {"Authorization": f"OAuth {waba.access_token}", "file_offset": "0"}
    with path.open("rb") as file:
        sent = _once(waba, "POST", upload, data=file, headers=headers, seconds=UPLOAD_SECONDS)
        handle = str(_body(asyncio.run(sent)).get("h", ""))
    if not handle:
        raise CloudApiError("WhatsApp did not take the whole file.")
    return handle


def read_subscribed_apps(waba: Waba) -> list[dict[str, Any]]:
    """The apps that get the account's webhooks: id and name. Raises CloudApiError."""
    rows = _read_list(waba, f"{waba.waba_id}/subscribed_apps", {})
    about = (row.get("whatsapp_business_api_data") for row in rows)
    return [row for row in about if isinstance(row, dict)]


def subscribe_app(waba: Waba) -> None:
    """Have the account's webhooks sent to the token's app. Raises CloudApiError."""
    _write(waba, f"{waba.waba_id}/subscribed_apps", {})


def test_connection(number: PhoneNumber) -> ConnectionTest:
    """Try what sending and receiving need, and say in words what works and what does not."""
    try:
        about = read_number(number)
    except CloudApiError as error:
        name = "Access token" if error.is_unauthorised else "Number"
        return ConnectionTest([Finding(name, False, str(error))])
    findings = [
        Finding("Access token", True, "Meta accepts it."),
        _number_finding(about),
        _health_finding(about),
        _webhook_finding(number.waba),
    ]
    return ConnectionTest([finding for finding in findings if finding])


def _number_finding(about: Mapping[str, Any]) -> Finding:
    status = str(about.get("status") or "CONNECTED")
    shown = f"{about.get('display_phone_number', '')} {about.get('verified_name', '')}".strip()
    if status == "CONNECTED":
        return Finding("Number", True, f"{shown} is connected.")
    return Finding("Number", False, f"{shown} is {status.lower()} at Meta.")


def _health_finding(about: Mapping[str, Any]) -> Finding:
    health = about.get("health_status")
    health = health if isinstance(health, dict) else {}
    state = str(health.get("can_send_message") or "AVAILABLE")
    if state == "AVAILABLE":
        return Finding("Sending", True, "Meta allows messages.")
    said = [
        str(error.get("error_description", ""))
        for entity in health.get("entities") or []
        for error in entity.get("errors") or []
    ]
    return Finding("Sending", state != "BLOCKED", " ".join([f"It is {state.lower()}.", *said]))


def _webhook_finding(waba: Waba) -> Finding:
    try:
        apps = read_subscribed_apps(waba)
    except CloudApiError as error:
        return Finding("Webhooks", False, str(error))
    if any(str(app.get("id")) == waba.app.app_id for app in apps):
        return Finding("Webhooks", True, f"{waba.app.name} gets this account's webhooks.")
    return Finding(
        "Webhooks", False, f"{waba.app.name} is not subscribed to this account's webhooks."
    )


def _read_list(waba: Waba, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """All pages. Meta's own `next` address is not followed, only its cursor."""
    rows: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    for _ in range(PAGES):
        body = _read(waba, path, {**query, **after})
        data = body.get("data")
        rows += [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
        paging = body.get("paging")
        paging = paging if isinstance(paging, dict) else {}
        cursor = (paging.get("cursors") or {}).get("after")
        if not (paging.get("next") and cursor):
            return rows
        after = {"after": str(cursor)}
    raise CloudApiError("Meta's list has no end.")


def _read(waba: Waba, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    return _body(asyncio.run(_once(waba, "GET", path, params=query)))


def _write(waba: Waba, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return _body(asyncio.run(_once(waba, "POST", path, json=body)))


async def _once(
    waba: Waba, method: str, path: str, *, seconds: float = SECONDS, **parts: Any
) -> Answer:
    try:
        async with open_session() as session:
            return await call(
                session, method, path, token=waba.access_token, seconds=seconds, **parts
            )
    except (NotReached, NoAnswer) as error:
        raise CloudApiError(f"WhatsApp could not be reached: {error}") from None


def _body(answer: Answer) -> dict[str, Any]:
    if error := answer.error:
        code = "" if error.code is None else f" (code {error.code})"
        raise CloudApiError(f"WhatsApp refused: {error.detail}{code}", error.code)
    return cast("dict[str, Any]", answer.body)
