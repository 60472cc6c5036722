"""A template in the thread reads as the customer reads it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User, Waba
from inbox.actions.messages import send_message
from inbox.models import Conversation, Message
from inbox.templatetags.parts import template_parts
from templates_app.models import MessageTemplate
from tests import cast

pytestmark = pytest.mark.django_db
COMPONENTS = [
    {"type": "HEADER", "format": "TEXT", "text": "Your workshop on {{1}}"},
    {"type": "BODY", "text": "Hello {{1}}, it starts at nine."},
    {"type": "FOOTER", "text": "Aurora"},
    {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "SAVE10"}]},
]
VALUES = {"header.1": "10 June", "body.1": "Diego", "button.0": "SAVE10"}


@pytest.fixture
def template(waba: Waba) -> MessageTemplate:
    return MessageTemplate.objects.create(
        waba=waba,
        name="workshop",
        language="en",
        category="UTILITY",
        status="APPROVED",
        parameter_format="POSITIONAL",
        components=COMPONENTS,
    )


def test_its_header_has_its_value_and_a_code_to_copy_its_words(
    client: Client, ana: User, conversation: Conversation, template: MessageTemplate
) -> None:
    send_message(
        conversation=conversation,
        author=ana,
        kind="template",
        template=template,
        template_values=VALUES,
        at=cast.AT,
    )
    client.force_login(ana)
    page = client.get(f"/conversations/{conversation.pk}/thread/").content.decode()
    assert "Your workshop on 10 June" in page
    assert "{{1}}" not in page
    assert "Copy code" in page


def test_what_was_sent_stays_when_the_template_changes(template: MessageTemplate) -> None:
    sent = {"header": None, "body": "Hello Diego", "footer": "Aurora", "buttons": []}
    message = Message(template=template, text="Hello Diego", payload={"template": sent})
    parts = template_parts(message)
    assert (parts["header"], parts["footer"], parts["buttons"]) == ("", "Aurora", [])


def test_one_that_came_another_way_is_shown_as_the_template_is_now(
    template: MessageTemplate,
) -> None:
    parts = template_parts(Message(template=template, text="Hello Diego"))
    assert (parts["body"], parts["footer"]) == ("Hello Diego", "Aurora")


@pytest.mark.parametrize("payload", [{"template": []}, {"template": {"body": [], "buttons": 1}}])
def test_a_payload_of_any_shape_is_drawn(payload: dict[str, object]) -> None:
    assert template_parts(Message(payload=payload))["buttons"] == []
