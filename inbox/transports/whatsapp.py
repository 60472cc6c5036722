"""The WhatsApp Cloud API: its calls, and what its answers mean.

Meta, "Send messages", "Media", "Mark messages as read", "Typing indicators" and "Error codes".
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from mimetypes import guess_extension
from typing import Any

import aiohttp

from accounts.graph import Answer, NoAnswer, NotReached, call
from accounts.models import Channel
from core.media import path_of
from inbox.failures import Own, Retry, explain_failure
from inbox.models import Attachment, Identity, Message
from inbox.transports.base import (
    Accepted,
    Address,
    Outcome,
    Outgoing,
    Refused,
    Unknown,
    Uploaded,
)
from inbox.transports.whatsapp_bodies import content_of, recipient_of
from inbox.window import Window

log = logging.getLogger("sash.send")

SEND_SECONDS = 30.0
UPLOAD_SECONDS = 180.0
# Meta keeps an uploaded file for 30 days; a day less leaves room for the sending itself.
MEDIA_LIFE = timedelta(days=29)
AUTH_CODES = {0, 190}


class WhatsApp:
    """Meta's Cloud API."""

    def window_of(self, closes_at: datetime | None) -> Window:
        return Window(closes_at)

    def address_of(self, channel: Channel) -> Address | None:
        number = channel.number
        return Address(number.phone_number_id, number.waba.access_token) if number else None

    def compose(self, message: Outgoing) -> dict[str, Any]:
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient_of(message.identities),
            "type": message.kind,
            message.kind: content_of(message),
            "biz_opaque_callback_data": f"sash:{message.message_id}",
        }
        if message.quoted_id and message.kind != Message.Kind.REACTION:
            body["context"] = {"message_id": message.quoted_id}
        return body

    async def send(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        body: dict[str, Any],
        leaving: Callable[[], None] | None = None,
    ) -> Outcome:
        try:
            answer = await call(
                session,
                "POST",
                f"{address.sender_id}/messages",
                token=address.token,
                json=body,
                seconds=SEND_SECONDS,
                leaving=leaving,
            )
        except NotReached as error:
            return Refused(Own.UNREACHABLE, str(error), may_retry=True)
        except NoAnswer as error:
            return Unknown(str(error))
        return read_answer(answer)

    async def upload(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        attachment: Attachment,
        at: datetime,
    ) -> Uploaded | Refused:
        try:
            file = path_of(attachment.stored_name).open("rb")
        except (OSError, ValueError) as error:
            return Refused(Own.FILE_MISSING, str(error))
        form = aiohttp.FormData({"messaging_product": "whatsapp", "type": attachment.mime_type})
        # The customer sees Attachment.filename with the message; Meta looks at this one's ending.
        name = f"file-{attachment.pk}{guess_extension(attachment.mime_type) or ''}"
        form.add_field("file", file, filename=name, content_type=attachment.mime_type)
        try:
            answer = await call(
                session,
                "POST",
                f"{address.sender_id}/media",
                token=address.token,
                form=form,
                seconds=UPLOAD_SECONDS,
            )
        except (NotReached, NoAnswer) as error:
            return Refused(Own.UNREACHABLE, str(error), may_retry=True)
        finally:
            file.close()
        media_id = (answer.body or {}).get("id")
        if answer.is_ok and isinstance(media_id, str):
            return Uploaded(media_id, at + MEDIA_LIFE)
        return refusal(answer, is_harmless=True)

    async def mark_read(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        provider_id: str,
        *,
        is_typing: bool,
    ) -> None:
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": provider_id,
        }
        if is_typing:
            body["typing_indicator"] = {"type": "text"}
        path = f"{address.sender_id}/messages"
        try:
            answer = await call(session, "POST", path, token=address.token, json=body, seconds=10)
        except (NotReached, NoAnswer) as error:
            log.info("read receipt not sent: %s", error)
            return
        if answer.error:
            log.info("read receipt refused: %s %s", answer.error.code, answer.error.detail)


def read_answer(answer: Answer) -> Outcome:
    """What an answer to a send means. 5xx and codes of Meta's own trouble leave it unknown."""
    if 200 <= answer.status < 300 and "error" not in (answer.body or {}):
        return _accepted(answer.body or {}) or Unknown(
            f"answered without an id: {answer.text}", answer.status
        )
    refused = refusal(answer)
    is_unsure = explain_failure(refused.code).retry is Retry.UNSURE
    if answer.status >= 500 or is_unsure:
        return Unknown(refused.detail, answer.status, refused.code)
    return refused


def _accepted(body: dict[str, Any]) -> Accepted | None:
    try:
        provider_id = body["messages"][0]["id"]
    except (KeyError, IndexError, TypeError):
        return None
    if not (isinstance(provider_id, str) and provider_id):
        return None
    contacts = body.get("contacts")
    contact = contacts[0] if isinstance(contacts, list) and contacts else {}
    told = {Identity.Kind.WA_ID: "wa_id", Identity.Kind.BSUID: "user_id"}
    known = {kind: contact.get(key) for kind, key in told.items() if isinstance(contact, dict)}
    return Accepted(
        provider_id, {str(kind): value for kind, value in known.items() if isinstance(value, str)}
    )


def refusal(answer: Answer, *, is_harmless: bool = False) -> Refused:
    """A bad answer as a refusal. is_harmless: doing it twice does no harm (an upload)."""
    error = answer.error
    code, detail = (error.code, error.detail) if error else (None, answer.text)
    may_retry = answer.status == 429 or explain_failure(code).retry is Retry.SAFE
    if is_harmless:
        unsure = explain_failure(code).retry is Retry.UNSURE
        may_retry = may_retry or unsure or answer.status >= 500
    return Refused(
        code,
        detail[:1000],
        answer.status,
        may_retry=may_retry,
        retry_after=answer.retry_after,
        is_unauthorised=code in AUTH_CODES or answer.status == 401,
    )
