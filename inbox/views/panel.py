"""The panel beside a thread: who the customer is, who takes part, what was before, which files."""

import zoneinfo
from datetime import datetime
from typing import Any

import phonenumbers
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from phonenumbers import timezone as phone_zones

from inbox.models import Contact, Conversation, Identity
from inbox.views.door import get_conversation

PHONES = {Identity.Kind.PHONE, Identity.Kind.WA_ID}


@login_required
@require_GET
def panel(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The panel as things stand, for a page that was told of a change."""
    conversation = get_conversation(request, conversation_id, "panel")
    context = panel_context(conversation, timezone.now())
    return render(request, "inbox/_panel.html", context)


def panel_context(conversation: Conversation, at: datetime) -> dict[str, Any]:
    """Everything that inbox/_panel.html draws of a conversation with its `panel_parts`."""
    contact = conversation.contact
    zone = zone_of(contact)
    return {
        "conversation": conversation,
        "contact": contact,
        "identities": shown_identities(contact),
        "zone": zone,
        "local_time": f"{at.astimezone(zone):%H:%M}" if zone else "",
    }


def shown_identities(contact: Contact) -> list[Identity]:
    """What people recognise somebody by: a WhatsApp id that repeats the number is left out."""
    rows = list(contact.identities.all())
    phones = {row.key for row in rows if row.kind == Identity.Kind.PHONE}
    return [
        row
        for row in sorted(rows, key=lambda row: ORDER.index(row.kind))
        if not (row.kind == Identity.Kind.WA_ID and row.key in phones)
    ]


ORDER = [str(kind) for kind in Identity.Kind]


def zone_of(contact: Contact) -> zoneinfo.ZoneInfo | None:
    """The customer's time zone: as written, or that of the number where it has only one."""
    names = [contact.time_zone] if contact.time_zone else zones_of_number(contact)
    if len(names) != 1:
        return None
    try:
        return zoneinfo.ZoneInfo(names[0])
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def zones_of_number(contact: Contact) -> list[str]:
    """Zones of the customer's number; several where a country has several."""
    key = next((row.key for row in contact.identities.all() if row.kind in PHONES), "")
    try:
        number = phonenumbers.parse(f"+{key}")
    except phonenumbers.NumberParseException:
        return []
    zones = set(phone_zones.time_zones_for_number(number)) - {"Etc/Unknown"}
    return sorted(zones)
