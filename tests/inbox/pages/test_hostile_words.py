"""Nothing that a customer writes becomes a tag, an attribute or a link to anything but the web."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from inbox import fragments
from inbox.models import Attachment, Conversation, Event, Message
from inbox.queries.threads import with_message_parts
from tests import cast

pytestmark = pytest.mark.django_db
CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    'https://a.example/"onclick="alert(1)',
    "https://a.example/'><svg/onload=alert(1)>",
    "*<b>x</b>* _<i>y</i>_ ```<u>z</u>``` ~<s>~",
    "{{7*7}} {% debug %} ${7*7}",
    "<" * 50 + "a" + ">" * 50,
    "\u202eevil\u202c \u0000 \ufeff",
    "</li></ol><ol hx-get=/admin/ hx-trigger=load>",
    "<a hx-delete='/x/' href=data:text/html,x>click</a>",
]
DRAWN = [kind for kind in Message.Kind.values if kind != "reaction"]
# The only tags and event attributes that our own pieces may hold.
FORBIDDEN_TAGS = {"script", "svg/onload", "iframe", "object", "b", "i", "u", "style", "form"}


class Tags(HTMLParser):
    """Collects what a browser would make of a fragment."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def check(fragment: str, words: str) -> None:
    """No tag of theirs, no handler, no request of htmx that we did not write."""
    for tag, attributes in Tags(fragment).found:
        assert tag not in FORBIDDEN_TAGS, (tag, words)
        assert not any(name.startswith("on") for name in attributes), (attributes, words)
        for name in ("hx-get", "hx-post", "hx-delete"):
            assert not (attributes.get(name) or "").startswith(("/admin", "/x")), words
        address = attributes.get("href") or ""
        assert address.startswith(("http://", "https://", "/", "?", "#")) or not address, words
        assert not address.startswith(("javascript:", "data:")), words


def payloads(words: str) -> dict[str, dict[str, object]]:
    """Every kind with the words wherever a customer may put some."""
    wild = {"text": words, "title": words, "id": words, "description": words}
    return {
        "text": {"referral": {"headline": words, "body": words, "source_url": words}},
        "location": {"location": {"latitude": words, "longitude": 1, "name": words}},
        "contacts": {
            "contacts": [
                {
                    "name": {"formatted_name": words},
                    "org": {"company": words},
                    "phones": [{"phone": words}],
                    "emails": [{"email": words}],
                }
            ]
        },
        "interactive": {
            "interactive": {
                "header": wild,
                "body": wild,
                "footer": wild,
                "button_reply": wild,
                "action": {
                    "button": words,
                    "buttons": [{"reply": wild}],
                    "sections": [{"title": words, "rows": [wild]}],
                },
            }
        },
        "order": {
            "order": {
                "product_items": [
                    {"product_retailer_id": words, "quantity": words, "currency": words}
                ]
            }
        },
    }


@pytest.mark.parametrize("words", CORPUS)
def test_in_every_kind_of_bubble(words: str, conversation: Conversation) -> None:
    text = words.replace("\0", "")
    shapes = payloads(text)
    for kind in DRAWN:
        cast.inbound(conversation, text, kind=kind, payload=shapes.get(kind, {}))
    file = cast.inbound(conversation, text, kind="document")
    Attachment.objects.create(message=file, kind="document", state="ready", filename=text[:300])
    ours = cast.outbound(conversation, text, quoted=file, status="failed")
    Message.objects.filter(pk=ours.pk).update(author_name=text[:100])
    cast.note(conversation, text)
    rows = with_message_parts(conversation.messages.all())
    for row in rows:
        check(fragments.thread_frame(conversation.pk, [row]), words)


@pytest.mark.parametrize("words", CORPUS)
def test_in_rows_events_and_toasts(words: str, conversation: Conversation) -> None:
    text = words.replace("\0", "")
    conversation.contact.profile_name = text[:200]
    conversation.preview = text[:160]
    conversation.preview_author = text[:80]
    conversation.mentioned = []  # type: ignore[attr-defined]
    row = fragments.rows_frame([conversation], timezone.now())
    check(row, words)
    assert html.escape(text[:20]) in row or "&" in row or text[:5] in row
    data = dict.fromkeys(("name", "team", "note", "reason", "team_name"), text)
    for kind in ("assigned", "taken", "closed", "given_back", "joined", "left", text[:40]):
        event = Event.objects.create(
            conversation=conversation, kind=kind, at=cast.AT, data={**data, "added": [text]}
        )
        check(fragments.thread_frame(conversation.pk, [event]), words)
    check(fragments.toast_frame(text), words)


@pytest.mark.parametrize(
    "payload", [[], "text", 7, None, {"location": []}, {"interactive": "x"}, {"contacts": [1, {}]}]
)
def test_a_payload_of_any_shape_is_drawn(payload: object, conversation: Conversation) -> None:
    for kind in DRAWN:
        message = cast.inbound(conversation, "", kind=kind, payload=payload or {})
        message.payload = payload
        fresh = with_message_parts(Message.objects.filter(pk=message.pk)).get()
        fresh.payload = payload  # type: ignore[assignment]
        assert f'id="message-{message.pk}"' in fragments.thread_frame(conversation.pk, [fresh])
