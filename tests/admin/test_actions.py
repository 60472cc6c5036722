"""What administrators do from the lists: each a POST, each refused in words, each on record."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import cloud_api
from accounts.cloud_api import CloudApiError
from accounts.models import Channel, PhoneNumber, Team, User, Waba, WhatsAppApp
from bots.models import Flow, FlowRun
from core.models import AuditEvent
from inbox.actions.archives import archive_conversation
from inbox.models import Archive, Contact, Conversation, Message, OutboxEntry, QuarantinedEvent
from templates_app.models import MessageTemplate
from tests import cast

STATUS = Conversation.Status


def press(office: Client, model: str, name: str, *pk: object, **data: Any) -> list[str]:
    """Press a row's or a list's button; what the page then says."""
    office.cookies.pop("messages", None)  # what was said before
    return words(office.post(reverse(f"admin:{model}_{name}", args=pk), data))


def act(office: Client, model: str, action: str, rows: list[Any], **data: Any) -> HttpResponse:
    """Choose rows of a list and an action."""
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], **data}
    return office.post(reverse(f"admin:{model}_changelist"), chosen)


def words(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def quarantined(content: str) -> QuarantinedEvent:
    return QuarantinedEvent.objects.create(reason="unknown", detail="why", content=content)


def test_a_button_is_no_link(office: Client) -> None:
    event = quarantined("{}")
    url = reverse("admin:inbox_quarantinedevent_replay", args=[event.pk])
    assert office.get(url).status_code == 405
    event.refresh_from_db()
    assert event.replays == 0


def test_a_button_needs_the_pages_token(omar: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(omar)
    event = quarantined("{}")
    url = reverse("admin:inbox_quarantinedevent_discard", args=[event.pk])
    assert browser.post(url).status_code == 403


def test_a_button_is_for_administrators(client: Client, ana: User) -> None:
    client.force_login(ana)
    event = quarantined("{}")
    client.post(reverse("admin:inbox_quarantinedevent_discard", args=[event.pk]))
    event.refresh_from_db()
    assert event.resolved_at is None


def test_quarantine_is_replayed_by_one_click(office: Client, channel: Channel, waba: Waba) -> None:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": cast.PHONE_NUMBER_ID, "display_phone_number": "1"},
        "contacts": [{"profile": {"name": "Marina"}, "wa_id": "351912345678"}],
        "messages": [
            {
                "from": "351912345678",
                "id": "wamid.A",
                "timestamp": "1772445600",
                "type": "text",
                "text": {"body": "Is it open?"},
            }
        ],
    }
    change = {"field": "messages", "value": value}
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba.waba_id, "changes": [change]}],
    }
    event = quarantined(json.dumps(envelope))
    assert press(office, "inbox_quarantinedevent", "replay", event.pk) == [
        "Applied. The conversation shows it now."
    ]
    event.refresh_from_db()
    assert event.resolved_at is not None
    assert Message.objects.get(provider_id="wamid.A").text == "Is it open?"
    assert LogEntry.objects.get().get_change_message() == "Applied. The conversation shows it now."


def test_what_still_cannot_be_applied_says_why_and_stays(office: Client) -> None:
    event = quarantined("not json")
    (said,) = press(office, "inbox_quarantinedevent", "replay", event.pk)
    assert said.startswith("It still cannot be applied: ")
    event.refresh_from_db()
    assert event.resolved_at is None


def test_many_are_discarded_at_once_and_stay_readable(office: Client) -> None:
    events = [quarantined("<b>x</b>"), quarantined("y")]
    assert words(act(office, "inbox_quarantinedevent", "discard_selected", events)) == [
        "2 discarded."
    ]
    page = office.get(reverse("admin:inbox_quarantinedevent_change", args=[events[0].pk]))
    assert "&lt;b&gt;x&lt;/b&gt;" in page.content.decode()
    assert AuditEvent.objects.filter(kind="quarantine.discarded").count() == 2


def test_conversations_go_to_a_team_and_a_person_after_one_question(
    office: Client, chats: list[Conversation], sales: Team, cleo: User
) -> None:
    asked = act(office, "inbox_conversation", "reassign", chats)
    assert "2 conversations go to whom you choose" in asked.content.decode()
    done = act(
        office,
        "inbox_conversation",
        "reassign",
        chats,
        apply="1",
        team=sales.pk,
        person=cleo.pk,
        note="They speak French",
    )
    assert words(done) == ["2 reassigned."]
    for chat in chats:
        chat.refresh_from_db()
        assert (chat.team, chat.assignee) == (sales, cleo)
        assert chat.events.get(kind="assigned").data["note"] == "They speak French"


def test_nobody_gets_a_conversation_of_a_team_that_they_may_not_see(
    office: Client, chats: list[Conversation], cleo: User
) -> None:
    done = act(office, "inbox_conversation", "reassign", chats[:1], apply="1", person=cleo.pk)
    (said,) = words(done)
    assert "Cleo Martin may not see the conversations of Support" in said
    chats[0].refresh_from_db()
    assert chats[0].assignee is None


def test_conversations_are_archived_and_the_chain_is_verified(
    office: Client, chats: list[Conversation], at: datetime
) -> None:
    archive_conversation(conversation=chats[1], by=None, at=at)
    said = words(act(office, "inbox_conversation", "archive", chats))
    assert said == ["1 archived.", f"Conversation {chats[1].pk}: The conversation is archived."]
    assert press(office, "inbox_archive", "verify") == ["Every archive is as it was written."]
    with connection.cursor() as cursor:  # what somebody might do in psql
        cursor.execute(
            "UPDATE inbox_archive SET transcript = transcript || '{\"x\": 1}' WHERE id = %s",
            [Archive.objects.latest("pk").pk],
        )
    (told,) = press(office, "inbox_archive", "verify")
    assert f"conversation {chats[0].pk}: the transcript was changed" in told


def test_a_failed_message_is_sent_again(
    office: Client, chats: list[Conversation], ana: User, outbound: Callable[..., Message]
) -> None:
    cast.inbound(chats[0], at=timezone.now())
    failed = outbound(chats[0], "On its way", ana, status="failed", error_code=131016)
    said = press(office, "inbox_message", "send_again", failed.pk)
    assert said == ["It is in the queue again."]
    failed.refresh_from_db()
    assert failed.status == Message.Status.QUEUED
    assert OutboxEntry.objects.filter(message=failed).exists()


def test_a_message_that_would_fail_again_is_not_sent_and_the_reason_is_told(
    office: Client, chats: list[Conversation], ana: User, outbound: Callable[..., Message]
) -> None:
    failed = outbound(chats[0], "On its way", ana, status="failed", error_code=131016)
    (said,) = words(act(office, "inbox_message", "send_again_selected", [failed]))
    assert "24-hour window is closed" in said


def test_the_app_secret_is_rotated_with_the_old_one_still_valid(
    office: Client, whatsapp_app: WhatsAppApp
) -> None:
    url = reverse("admin:accounts_whatsappapp_rotate_secret", args=[whatsapp_app.pk])
    assert "stay valid beside" in office.get(url).content.decode()
    press(office, "accounts_whatsappapp", "rotate_secret", whatsapp_app.pk, new_secret="n" * 32)
    whatsapp_app.refresh_from_db()
    assert whatsapp_app.app_secret == "n" * 32
    assert whatsapp_app.previous_app_secret == cast.APP_SECRET
    press(office, "accounts_whatsappapp", "forget_previous_secret", whatsapp_app.pk)
    whatsapp_app.refresh_from_db()
    assert whatsapp_app.previous_app_secret == ""
    kinds = list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["app.secret_rotated", "app.secret_forgotten"]
    kept = f"{LogEntry.objects.values_list()} {AuditEvent.objects.values_list()}"
    assert "nnnn" not in kept
    assert cast.APP_SECRET not in kept


def test_a_connection_test_tells_its_result_in_words(
    office: Client, number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"status": "CONNECTED", "display_phone_number": "+55", "verified_name": "Aurora"}
    monkeypatch.setattr(cloud_api, "read_number", lambda number: about)
    monkeypatch.setattr(cloud_api, "read_subscribed_apps", lambda waba: [{"id": "another"}])
    (said,) = press(office, "accounts_phonenumber", "test", number.pk)
    assert "✓ Access token: Meta accepts it." in said
    assert "✗ Webhooks: Sash is not subscribed to this account's webhooks." in said


def test_templates_and_numbers_are_synchronised_from_the_accounts_page(
    office: Client, waba: Waba, number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": "1", "name": "hello", "language": "en", "category": "UTILITY", "status": "X"}]
    monkeypatch.setattr("templates_app.sync.read_templates", lambda waba: rows)
    said = press(office, "accounts_waba", "synchronise_templates", waba.pk)
    assert said == ["1 templates at Meta: 1 new, 0 changed, 0 gone."]
    assert MessageTemplate.objects.get().name == "hello"
    assert press(office, "templates_app_messagetemplate", "synchronise") == [
        "Aurora Shop: 1 templates at Meta: 0 new, 0 changed, 0 gone."
    ]
    monkeypatch.setattr("accounts.synchronising.read_numbers", lambda waba: [{"id": "7"}])
    monkeypatch.setattr("accounts.synchronising.read_profile", lambda number: {})
    (told,) = press(office, "accounts_waba", "synchronise_numbers", waba.pk)
    assert told.startswith("1 numbers read from Meta. 2 have no channel yet")
    assert press(office, "accounts_phonenumber", "synchronise") == ["Aurora Shop: 1 numbers."]


def test_a_refusal_of_meta_is_told_and_breaks_no_page(
    office: Client, waba: Waba, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(waba: Waba) -> None:
        raise CloudApiError("WhatsApp refused: the token is too old (code 190)", 190)

    monkeypatch.setattr("accounts.admin.businesses.subscribe_app", refuse)
    monkeypatch.setattr("templates_app.sync.read_templates", refuse)
    for button in ("subscribe", "synchronise_templates"):
        (said,) = press(office, "accounts_waba", button, waba.pk)
        assert "the token is too old (code 190)" in said


def test_the_floor_is_handed_back_to_the_bot(
    office: Client, conversation: Conversation, diego: Contact, at: datetime
) -> None:
    flow = Flow.objects.create(name="Welcome", trigger="welcome", text="Hello")
    run = FlowRun.objects.create(flow=flow, conversation=conversation, ended_at=at)
    assert press(office, "bots_flowrun", "hand_back", run.pk) == [
        "The bot answers the customer's next message."
    ]
    conversation.refresh_from_db()
    assert conversation.floor == Conversation.Floor.BOT
