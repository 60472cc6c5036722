"""A customer's payload, whatever it holds, neither becomes a tag nor breaks the thread."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from inbox import fragments
from inbox.actions.archives import archive_conversation
from inbox.models import Attachment, Contact, Conversation, Event, Identity, Message
from inbox.queries.threads import with_message_parts
from templates_app.models import MessageTemplate
from tests import cast
from tests.inbox.pages.test_hostile_words import CORPUS, Tags, payloads

pytestmark = pytest.mark.django_db
SCHEMES = ("javascript:", "data:", "vbscript:")
NUMBERS: list[Any] = [
    "1e999999", "-1e999999", "sNaN", "NaN", "Infinity", "-Infinity", 1e308, "9" * 5000, "0x10",
    "", None, [], {}, True, "1e-999999999",
]  # fmt: skip


def drawn(message: Message) -> str:
    row = with_message_parts(Message.objects.filter(pk=message.pk)).get()
    return fragments.thread_frame(message.conversation_id, [row])


@pytest.mark.parametrize("given", NUMBERS, ids=lambda given: repr(given)[:12])
def test_an_order_of_any_numbers_is_drawn(given: Any, conversation: Conversation) -> None:
    other = {
        "product_retailer_id": "x",
        "quantity": "2",
        "item_price": "-Infinity",
        "currency": "E",
    }
    line = {"product_retailer_id": "a", "quantity": given, "item_price": given, "currency": "E"}
    for items in ([line], [line, line], [line, other]):
        payload = {"order": {"product_items": items}}
        message = cast.inbound(conversation, "", kind="order", payload=payload)
        assert f'id="message-{message.pk}"' in drawn(message)


@pytest.mark.parametrize("given", NUMBERS, ids=lambda given: repr(given)[:12])
def test_a_place_and_a_call_of_any_numbers_are_drawn(
    given: Any, conversation: Conversation
) -> None:
    payload = {"location": {"latitude": given, "longitude": given, "name": "x"}}
    assert "message" in drawn(cast.inbound(conversation, "", kind="location", payload=payload))
    event = Event.objects.create(
        conversation=conversation,
        kind="call",
        at=cast.AT,
        data={"event": "terminate", "duration": given, "direction": given},
    )
    assert "event" in fragments.thread_frame(conversation.pk, [event])


@pytest.mark.parametrize(
    "components",
    [
        [{"type": "BUTTONS"}],
        [{"type": ["BODY"]}, {"type": {}}, {"type": None}],
        [{"type": "BUTTONS", "buttons": [{"type": [], "text": {}}, 7]}],
        ["x", 7, None],
        {"type": "BODY"},
    ],
)
def test_a_template_of_any_shape_is_drawn(
    components: Any, conversation: Conversation, waba: Any
) -> None:
    template = MessageTemplate.objects.create(
        waba=waba, name="odd", language="en", category="UTILITY", components=components
    )
    message = cast.outbound(conversation, "x", kind="template", template=template)
    assert f'id="message-{message.pk}"' in drawn(message)


@pytest.mark.parametrize("words", CORPUS)
def test_on_every_page_where_a_customer_is_told_of(
    words: str, conversation: Conversation, omar: User, client: Client
) -> None:
    text = words.replace("\0", "")
    contact = conversation.contact
    Contact.objects.filter(pk=contact.pk).update(
        profile_name=text[:100], company=text[:100], notes=text, email=text[:100], name=text[:100]
    )
    Identity.objects.create(contact=contact, kind="username", key=text[:60], value=text[:60])
    message = cast.inbound(conversation, f"{text} quetzal", at=timezone.now())
    for kind, payload in payloads(text).items():
        cast.inbound(conversation, text, kind=kind, payload=payload, at=timezone.now())
    Attachment.objects.create(
        message=message, kind="document", mime_type="text/html", state="ready", filename=text[:200]
    )
    client.force_login(omar)
    parts = {"HX-Request": "true"}
    for url, target in pages(conversation):
        answer = client.get(url, headers={**parts, "HX-Target": target} if target else {})
        assert answer.status_code == 200, url
        look(answer.content.decode(), words)
    archive_conversation(conversation=conversation, by=omar, at=timezone.now())
    for name in ("archive", "archived_conversation"):
        args = [conversation.pk] if name != "archive" else []
        look(client.get(reverse(name, args=args)).content.decode(), words)


def pages(conversation: Conversation) -> list[tuple[str, str]]:
    """(address, the element that htmx swaps; empty for whole pages)."""
    here = [conversation.pk]
    return [
        (reverse("header", args=here), "x"),
        (reverse("panel", args=here), "x"),
        (reverse("thread_items", args=here), "x"),
        (reverse("collaborators", args=here), "x"),
        (reverse("palette") + "?q=" + "diego", "x"),
        (reverse("search") + "?q=quetzal", "search-results"),
        (reverse("contacts"), "contact-rows"),
        (reverse("inbox_conversation", args=["all", *here]), ""),
        (reverse("contact", args=[conversation.contact_id]), ""),
        (reverse("search") + "?q=quetzal", ""),
        (reverse("admin:inbox_message_changelist"), ""),
        (reverse("admin:inbox_contact_change", args=[conversation.contact_id]), ""),
        (reverse("admin:inbox_conversation_change", args=here), ""),
        (reverse("admin:inbox_attachment_changelist"), ""),
    ]


def look(page: str, words: str) -> None:
    """On a page of ours, which has tags of its own, theirs are nowhere."""
    for theirs in ("<script>alert", "<img src=x", "<svg/onload", "<ol hx-get", "<b>x", "<u>z"):
        assert theirs not in page, words
    for tag, attributes in Tags(page).found:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "hx-delete"):
            address = (attributes.get(name) or "").strip().lower()
            is_ours = address == "data:,"  # the lightbox before it shows anything
            assert is_ours or not address.startswith(SCHEMES), (tag, words)
