"""The webhook: signature, JSON, and one transaction for all of it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bench.plain_django.models import Contact, Conversation, Message


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """200 once everything is stored."""
    digest = hmac.new(settings.APP_SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Hub-Signature-256", "")
    if not hmac.compare_digest(f"sha256={digest}", given):
        return HttpResponse(status=401)
    with transaction.atomic():
        for entry in json.loads(request.body)["entry"]:
            for change in entry["changes"]:
                store(change["value"])
    return HttpResponse(status=200)


def store(value: dict[str, Any]) -> None:
    """The messages of one change; one that came before is left as it is."""
    number = value["metadata"]["phone_number_id"]
    names = {each["wa_id"]: each["profile"]["name"] for each in value.get("contacts", [])}
    for item in value.get("messages", []):
        wa_id = item["from"]
        contact, _ = Contact.objects.get_or_create(
            wa_id=wa_id, defaults={"name": names.get(wa_id, "")}
        )
        conversation, _ = Conversation.objects.get_or_create(contact=contact, number=number)
        at = datetime.fromtimestamp(int(item["timestamp"]), UTC)
        _, is_new = Message.objects.get_or_create(
            provider_id=item["id"],
            defaults={"conversation": conversation, "at": at, "content": item},
        )
        if is_new:
            Conversation.objects.filter(pk=conversation.pk).update(
                last_message_at=at, preview=item["text"]["body"][:160], unread=F("unread") + 1
            )
