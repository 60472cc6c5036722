"""What the template picker shows: cards to choose from, and one template to be filled in."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actions.quota import Usage, limit_of, usage_of
from accounts.limits import UNLIMITED
from accounts.models import User
from inbox.actions.desks import variables_of
from inbox.actions.gate import window_of
from inbox.models import Conversation
from inbox.queries.composing import more_facts, template_choices
from inbox.queries.consents import why_not_wanted
from templates_app.contents import PLACE, body_text
from templates_app.models import MessageTemplate
from templates_app.rendering import missing, prefill, render, variables


def picker_context(
    conversation: Conversation, user: User, *, words: str = "", language: str = ""
) -> dict[str, Any]:
    """The template picker: the choices, each with its variables filled as far as is known."""
    choices = template_choices(conversation, words=words, language=language)
    facts = {**variables_of(conversation, user), **more_facts(conversation)}
    return {
        "conversation": conversation,
        "choices": choices,
        "cards": [card(row, facts) for row in choices.templates],
        "language": language,
        "words": words,
    }


def card(row: MessageTemplate, facts: dict[str, str]) -> dict[str, Any]:
    """One template of the list: its body in pieces, so that values and gaps stand out."""
    values = prefill(row, facts)
    return {"template": row, "pieces": pieces(row, values), "gaps": len(missing(row, values))}


def pieces(row: MessageTemplate, values: dict[str, Any]) -> list[tuple[str, str]]:
    """(text, kind) of the body; kind: "text", "filled" or "gap"."""
    text, position = body_text(row), 0
    found: list[tuple[str, str]] = []
    for match in PLACE.finditer(text):
        found.append((text[position : match.start()], "text"))
        value = values.get(f"body.{match[1]}")
        found.append((str(value), "filled") if value else (match[0], "gap"))
        position = match.end()
    return [*found, (text[position:], "text")]


def usage_here(conversation: Conversation, at: datetime) -> Usage | None:
    """How far the messaging limit is used, where a template would count against it."""
    number = conversation.channel.number
    if number is None or window_of(conversation).is_open(at):
        return None
    limit = limit_of(number)
    is_limited = limit is not None and limit < UNLIMITED
    return usage_of(number, at) if is_limited else None


def preview_context(row: MessageTemplate, values: dict[str, Any]) -> dict[str, Any]:
    """How the customer will read it."""
    return {
        "template": row,
        "rendered": render(row, values),
        "gaps": [key for key in missing(row, values) if key != "header.media"],
    }


def detail_context(
    conversation: Conversation,
    row: MessageTemplate,
    values: dict[str, Any],
    *,
    errors: dict[str, list[str]] | None = None,
    client_uuid: uuid.UUID | None = None,
) -> dict[str, Any]:
    """One template to be filled in, and how the customer will read it."""
    errors = errors or {}
    fields = [
        {
            "variable": variable,
            "name": f"values.{variable.key}",
            "value": values.get(variable.key, ""),
            "errors": errors.get(variable.key, []),
        }
        for variable in variables(row)
    ]
    names = {variable.key for variable in variables(row)}
    return preview_context(row, values) | {
        "conversation": conversation,
        "usage": usage_here(conversation, timezone.now()),
        "unwanted": why_not_wanted(row, conversation.contact_id, conversation.channel),
        "fields": fields,
        "errors": [text for key, texts in errors.items() if key not in names for text in texts],
        "client_uuid": client_uuid or uuid.uuid4(),
    }
