"""One template, every channel: how it reads where there are no templates."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from templates_app.models import MessageTemplate
from templates_app.texts import channel_text, channel_texts

PARTS: list[dict[str, Any]] = [
    {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
    {"type": "BODY", "text": "Hi *{{1}}*, your _order_ is ~late~ ready."},
    {"type": "FOOTER", "text": "Aurora"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Thanks"},
            {"type": "QUICK_REPLY", "text": "Not me"},
            {"type": "URL", "text": "See it", "url": "https://a.example/{{1}}", "example": ["7"]},
            {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+34612345678"},
        ],
    },
]
VALUES = {"header.1": "77", "body.1": "Diego", "button.2": "77"}


def template(**fields: Any) -> MessageTemplate:
    return MessageTemplate(
        name="t", language="en_US", category="UTILITY", status="APPROVED",
        components=PARTS, **fields,
    )  # fmt: skip


def test_without_templates_it_is_one_text() -> None:
    assert channel_text(template(), "sms", VALUES) == (
        "Order 77\n\nHi Diego, your order is late ready.\n\nAurora\n\n"
        "1. Thanks\n2. Not me\nSee it: https://a.example/77\nCall us: +34612345678"
    )


def test_a_channel_may_have_a_text_of_its_own_with_the_same_variables() -> None:
    own = template(overrides={"sms": "Diego? {{1}} is ready."})
    assert channel_text(own, "sms", {"body.1": "77"}) == "Diego? 77 is ready."
    assert channel_text(own, "webchat", VALUES).startswith("Order 77")
    assert set(channel_texts(own)) == {"sms", "webchat"}


def test_a_place_without_a_value_stays_as_it_is_written() -> None:
    assert "{{1}}" in channel_text(template(), "sms", {})


@given(st.text(max_size=200))
def test_no_value_breaks_the_text(value: str) -> None:
    text = channel_text(template(), "sms", {"header.1": "7", "body.1": value})
    assert text.startswith("Order 7")
