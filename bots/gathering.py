"""Reads everything that a decision depends on, under the conversation's lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import formats, translation

from accounts.hours import Span, is_open, next_opening, zone_of
from accounts.models import Channel
from bots.models import AwayNotice, Flow, FlowRun
from bots.scenes import Button, Heard, Scene, Script, Silence
from inbox.models import Conversation, Message

NAME_LIMIT = 60
PEOPLE = (Message.Author.AGENT, Message.Author.PHONE_APP)


def gather_scene(message: Message, run: FlowRun | None, at: datetime) -> Scene:
    """The scene of one message of a conversation that the caller has locked."""
    conversation, channel = message.conversation, message.conversation.channel
    spans = [Span(h.weekday, h.opens_at, h.closes_at) for h in channel.hours.all()]
    zone = zone_of(channel.time_zone)
    opening = next_opening(spans, zone, at)
    return Scene(
        heard=Heard(spoken_text(message), message.at, tap_of(message)),
        scripts=tuple(read_script(flow) for flow in active_flows(channel)),
        is_taken=is_taken(conversation, message, at),
        silence=silence_of(conversation, at),
        is_open=is_open(spans, zone, at),
        current=read_script(run.flow) if run else None,
        misses=run.misses if run else 0,
        has_spoken_since=run is not None and run.last_step_at >= message.at,
        away_said=away_notices(conversation),
        language=conversation.contact.language,
        values={
            "first_name": first_name(conversation),
            "opens_at": moment_text(opening.astimezone(zone), conversation.contact.language)
            if opening
            else "",
        },
    )


def active_flows(channel: Channel) -> list[Flow]:
    """The flows that may speak on a channel, in their order."""
    return list(
        Flow.objects.filter(Q(channels=channel) | Q(channels=None), is_active=True)
        .distinct()
        .order_by("position", "pk")
        .prefetch_related("buttons")
    )


def read_script(flow: Flow) -> Script:
    """A flow as a value."""
    buttons = [
        Button(b.pk, b.title, b.answer, b.next_flow_id, b.hand_off, b.hand_off_team_id)
        for b in flow.buttons.all()
    ]
    return Script(
        id=flow.pk,
        name=flow.name,
        trigger=flow.trigger,
        text=flow.text,
        keywords=tuple(str(word) for word in flow.keywords),
        buttons=tuple(buttons),
        hand_off=flow.hand_off,
        team_id=flow.hand_off_team_id,
        cooldown=timedelta(hours=flow.cooldown_hours),
        hand_off_text=flow.hand_off_text,
        no_match_text=flow.no_match_text,
    )


def is_taken(conversation: Conversation, message: Message, at: datetime) -> bool:
    """People speak here, or nobody may: the bot keeps out of it."""
    return (
        conversation.floor != Conversation.Floor.BOT
        or conversation.assignee_id is not None
        or conversation.status != Conversation.Status.OPEN
        or conversation.is_snoozed(at)
        or answered_by_people(conversation, message)
    )


def answered_by_people(conversation: Conversation, message: Message) -> bool:
    """A person wrote to the customer after that message came to us."""
    return conversation.messages.filter(
        direction=Message.Direction.OUT, author_kind__in=PEOPLE, pk__gt=message.pk
    ).exists()


def silence_of(conversation: Conversation, at: datetime) -> Silence | None:
    if conversation.contact.is_blocked:
        return Silence.BLOCKED
    return None if conversation.window.is_open(at) else Silence.WINDOW


def away_notices(conversation: Conversation) -> dict[int, datetime]:
    """Flow id -> when its away message was last said to this contact on this channel."""
    rows = AwayNotice.objects.filter(
        contact=conversation.contact_id, channel=conversation.channel_id
    )
    return dict(rows.values_list("flow_id", "said_at"))


def spoken_text(message: Message) -> str:
    """The customer's words, or the title of what they tapped."""
    return message.text or str(_tapped(message).get("title") or _tapped(message).get("text") or "")


def tap_of(message: Message) -> str:
    """The id of a tapped button or row, or a template button's payload; empty otherwise."""
    part = _tapped(message)
    return str(part.get("id") or part.get("payload") or "")[:256]


def _tapped(message: Message) -> dict[str, Any]:
    """The part of Meta's payload that says what was tapped. It is a stranger's JSON."""
    payload = message.payload if isinstance(message.payload, dict) else {}
    for outer in (payload.get("interactive"), payload):
        for name in ("button_reply", "list_reply", "button"):
            if isinstance(outer, dict) and isinstance(part := outer.get(name), dict):
                return part
    return payload if message.kind == Message.Kind.BUTTON else {}


def first_name(conversation: Conversation) -> str:
    contact = conversation.contact
    words = (contact.name or contact.profile_name).split()
    return words[0][:NAME_LIMIT] if words else ""


def moment_text(local: datetime, language: str) -> str:
    """A local moment in words, such as "Monday 09:00"."""
    code = (language or settings.LANGUAGE_CODE).replace("_", "-").lower()
    if not translation.check_for_language(code):
        code = settings.LANGUAGE_CODE
    with translation.override(code):
        return formats.date_format(local, "l H:i", use_l10n=False)
