"""What a webhook left behind, as short lines that a table can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.models import AccountEvent, Channel, PhoneNumber, Waba, WhatsAppApp
from inbox.models import (
    Attachment,
    Consent,
    Contact,
    EarlyEvent,
    Event,
    Identity,
    Message,
    QuarantinedEvent,
    Reaction,
    SessionWindow,
)
from templates_app.models import MessageTemplate

BEFORE = {"status": "PENDING", "category": "UTILITY", "quality": "UNKNOWN"}
BEFORE |= {"reason": "", "correct_category": "", "components": []}


def prepare(document: dict[str, Any]) -> None:
    """The numbers, accounts and templates that a webhook speaks of."""
    app, _ = WhatsAppApp.objects.get_or_create(app_id="1", defaults={"name": "App"})
    for entry in document["entry"]:
        waba, _ = Waba.objects.get_or_create(
            waba_id=entry["id"], defaults={"name": "W", "app": app}
        )
        for change in entry["changes"]:
            _prepare_change(waba, change["value"])


def _prepare_change(waba: Waba, value: dict[str, Any]) -> None:
    meta = value.get("metadata") or value.get("recipient") or {}
    if number_id := meta.get("phone_number_id"):
        number, is_new = PhoneNumber.objects.get_or_create(
            phone_number_id=number_id,
            defaults={"waba": waba, "display_phone_number": meta["display_phone_number"]},
        )
        if is_new:
            Channel.objects.create(name="WhatsApp", number=number)
    if template_id := value.get("message_template_id"):
        MessageTemplate.objects.get_or_create(
            waba=waba,
            external_id=str(template_id),
            name=value["message_template_name"],
            language=value["message_template_language"].replace("-", "_"),
            defaults=BEFORE,
        )


def rows() -> list[str]:
    """Everything that is there now, sorted, each cut to 70 characters."""
    return sorted(line[:70] for line in _lines())


def _lines() -> Iterator[str]:
    yield from _messages()
    yield from (f"file {file.kind} {file.state}" for file in Attachment.objects.all())
    yield from (f"event {event.kind}" for event in Event.objects.exclude(kind="opened"))
    yield from (f"reaction {reaction.emoji}" for reaction in Reaction.objects.all())
    yield from (f"early {early.kind}" for early in EarlyEvent.objects.all())
    yield from (f"window from {w.opened_at:%Y-%m-%d}" for w in SessionWindow.objects.all())
    yield from (f"quarantine {poison.reason}" for poison in QuarantinedEvent.objects.all())
    yield from _people()
    yield from _accounts()


def _messages() -> Iterator[str]:
    for message in Message.objects.all():
        side = "" if message.direction == "in" else f" {message.author_kind}"
        yield f"message {message.kind}{side}: {message.text}"
        if message.is_forwarded:
            yield "forwarded"
        if message.quoted_provider_id:
            yield "quotes another"


def _people() -> Iterator[str]:
    for said in Consent.objects.all():
        yield f"{'' if said.is_granted else 'no '}{said.purpose} to {said.contact}"
    yield from (f"called {contact.name}" for contact in Contact.objects.exclude(name=""))
    for identity in Identity.objects.filter(kind__in=["username", "bsuid", "parent_bsuid"]):
        yield f"{identity.kind} {identity.value}"


def _accounts() -> Iterator[str]:
    for notice in AccountEvent.objects.all():
        yield f"account {notice.field}: {notice.kind}".rstrip(": ")
    for template in MessageTemplate.objects.all():
        told = {name: getattr(template, name) for name in BEFORE}
        told["components"] = [part["type"] for part in template.components]
        yield from (f"template {name}: {v}" for name, v in told.items() if v != BEFORE[name])
