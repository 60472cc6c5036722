"""What a bot knows when it decides (the scene) and what it can do (the steps): values alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Silence(StrEnum):
    """Why the bot must not speak although the floor is its own: people go on, untold."""

    WINDOW = "the 24-hour window is closed"
    BLOCKED = "the contact is blocked"


@dataclass(frozen=True, slots=True)
class Button:
    id: int
    title: str
    answer: str = ""
    next_flow_id: int | None = None
    hand_off: bool = False
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """An active flow as the bot reads it."""

    id: int
    name: str
    trigger: str
    text: str
    keywords: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    hand_off: bool = False
    team_id: int | None = None
    cooldown: timedelta = timedelta(hours=12)
    hand_off_text: str = ""
    no_match_text: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The customer's message: words or the title that was tapped, and the tap's payload."""

    text: str
    sent_at: datetime
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a decision depends on.

    is_taken: people speak here (floor, assignee, a reply after the message) or nobody may
    (closed, snoozed). current: the flow that the customer is in. away_said: flow id -> when.
    has_spoken_since: the bot said something that the message could not know of yet.
    """

    heard: Heard
    scripts: tuple[Script, ...]
    is_taken: bool = False
    silence: Silence | None = None
    is_open: bool = True
    current: Script | None = None
    misses: int = 0
    has_spoken_since: bool = False
    away_said: dict[int, datetime] = field(default_factory=dict)
    language: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def script(self, script_id: int | None) -> Script | None:
        return next((script for script in self.scripts if script.id == script_id), None)

    def with_trigger(self, trigger: str) -> tuple[Script, ...]:
        return tuple(script for script in self.scripts if script.trigger == trigger)


@dataclass(frozen=True, slots=True)
class Say:
    script: Script
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Enter:
    """The customer is in this flow now, and the count of misses begins anew."""

    script: Script


@dataclass(frozen=True, slots=True)
class Miss:
    """The bot did not understand."""


@dataclass(frozen=True, slots=True)
class NoteAway:
    """The away message was said: not again before its cooldown is over."""

    script: Script


@dataclass(frozen=True, slots=True)
class HandOff:
    """People have the floor from now on. An empty reason: the bot never had a part in it."""

    reason: str = ""
    team_id: int | None = None


Step = Say | Enter | Miss | NoteAway | HandOff
