"""A template where there are no templates: as an SMS, and in a web chat.

Header, body, footer and buttons as one text; links and numbers stand behind their words, quick
replies are numbered, WhatsApp's marks are taken away. A text of its own may be given instead,
with the same variables.
"""

from __future__ import annotations

import re
from typing import Any

from templates_app.contents import PLACE, Values, clean
from templates_app.models import MessageTemplate
from templates_app.rendering import RenderedTemplate, render

CHANNELS = ("sms", "webchat")
# *bold*, _italic_, ~struck~ and `code` of WhatsApp, around words.
MARKS = re.compile(r"(?<!\w)([*_~`]+)(?=\S)(.+?)(?<=\S)\1(?!\w)")


def channel_texts(template: MessageTemplate, values: Values | None = None) -> dict[str, str]:
    """What each other channel says, by channel."""
    return {channel: channel_text(template, channel, values or {}) for channel in CHANNELS}


def channel_text(template: MessageTemplate, channel: str, values: Values) -> str:
    """One channel's text. A place without a value stays as it is written."""
    if own := template.overrides.get(channel):
        given = clean(values)
        return PLACE.sub(lambda match: _value(match[1], given) or match[0], str(own))
    return plain_text(render(template, values))


def _value(name: str, given: dict[str, Any]) -> str:
    return str(given.get(f"body.{name}") or given.get(f"header.{name}") or "")


def plain_text(rendered: RenderedTemplate) -> str:
    """All of it as one text."""
    head = rendered.header["text"] if rendered.header else ""
    parts = [head, rendered.body, rendered.footer, _buttons(rendered.buttons)]
    return "\n\n".join(MARKS.sub(r"\2", part) for part in parts if part)


def _buttons(buttons: list[dict[str, str]]) -> str:
    lines, number = [], 0
    for button in buttons:
        if target := button.get("url") or button.get("phone") or button.get("code"):
            lines.append(f"{button['text'] or button['type'].capitalize()}: {target}")
        elif button["type"] == "QUICK_REPLY":
            number += 1
            lines.append(f"{number}. {button['text']}")
    return "\n".join(lines)
