"""What a bot does about one message: pure, from a scene to steps, without ORM or clock.

The engine gathers the scene and applies the steps; every rule of the bots' first floor is here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from bots.matching import asks_for_a_person, best_keyword
from bots.phrases import phrase
from bots.scenes import Button, Enter, HandOff, Miss, NoteAway, Say, Scene, Script, Step
from core.folding import fold

STALE = timedelta(minutes=2)
MISSES_ALLOWED = 1
TEXT_LIMIT = 1024  # the body of a message with buttons (Meta, "Interactive reply buttons")
WELL_WRITTEN = 2  # see bots.matching.best_keyword
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def decide(scene: Scene, at: datetime) -> list[Step]:
    """The steps that answer one message; none where somebody else speaks."""
    if scene.is_taken:
        return []
    if not scene.scripts and scene.current is None:
        return [HandOff()]
    if scene.silence:
        return [HandOff(scene.silence)]
    if at - scene.heard.sent_at > STALE:
        return [HandOff("the message came too late for a bot")]
    for rule in RULES:
        steps = rule(scene, at)
        if steps is not None:
            return [step for step in steps if not isinstance(step, Say) or step.text]
    return [HandOff()]


def _tapped(scene: Scene, at: datetime) -> list[Step] | None:
    script, button = find_tap(scene)
    if script is None:
        return None
    return _enter(scene, script) if button is None else _press(scene, script, button, at)


def _asked_for_a_person(scene: Scene, at: datetime) -> list[Step] | None:
    if not asks_for_a_person(scene.heard.text):
        return None
    found = _keyword(scene)
    if found and found[2] >= WELL_WRITTEN and asks_for_a_person(found[1]):
        return None  # the administrator has an own flow for that word
    return _hand_off(scene, at, "the customer asked for a person")


def _typed_a_button(scene: Scene, at: datetime) -> list[Step] | None:
    """Typing what could be tapped, or its number, is as good as tapping it."""
    current, said = scene.current, fold(scene.heard.text)
    if current is None or not said:
        return None
    for number, button in enumerate(current.buttons, 1):
        if said in (str(number), fold(button.title)):
            return _press(scene, current, button, at)
    return None


def _said_a_keyword(scene: Scene, at: datetime) -> list[Step] | None:
    found = _keyword(scene)
    return _enter(scene, found[0]) if found else None


def _is_away(scene: Scene, at: datetime) -> list[Step] | None:
    scripts = scene.with_trigger("away")
    if scene.is_open or not scripts:
        return None
    script = scripts[0]
    if _said_lately(scene, script, at):
        return [HandOff("nobody is there, as the customer was told already")]
    return [*_say(scene, script), NoteAway(script), *_after(script, "nobody is there")]


def _is_new(scene: Scene, at: datetime) -> list[Step] | None:
    scripts = scene.with_trigger("welcome")
    if scene.current is not None or not scripts:
        return None
    return _enter(scene, scripts[0])


def _did_not_understand(scene: Scene, at: datetime) -> list[Step] | None:
    current = scene.current
    if current is None:
        return None
    if scene.has_spoken_since:
        return []  # written before the bot's last words: no answer to them
    if scene.misses >= MISSES_ALLOWED:
        return _hand_off(scene, at, "the bot did not understand twice")
    text = current.no_match_text or phrase("no_match", scene.language)
    return [Say(current, _fill(text, scene), current.buttons), Miss()]


RULES: tuple[Callable[[Scene, datetime], list[Step] | None], ...] = (
    _tapped,
    _asked_for_a_person,
    _typed_a_button,
    _said_a_keyword,
    _is_away,
    _is_new,
    _did_not_understand,
)


def find_tap(scene: Scene) -> tuple[Script | None, Button | None]:
    """The flow and button of a payload "flow:<flow id>:<button id>"; "flow:<flow id>" starts one.

    The payload comes from a phone: anything else is no tap.
    """
    kind, _, rest = scene.heard.payload.partition(":")
    flow_id, _, button_id = rest.partition(":")
    if kind != "flow" or not _is_id(flow_id):
        return None, None
    script = scene.script(int(flow_id))
    if script is None or not button_id:
        return script, None
    for button in script.buttons:
        if button_id == str(button.id):
            return script, button
    return None, None


def tap_payload(script: Script, button: Button) -> str:
    """What comes back when the button is tapped."""
    return f"flow:{script.id}:{button.id}"


def _press(scene: Scene, script: Script, button: Button, at: datetime) -> list[Step]:
    steps: list[Step] = []
    if button.answer:
        steps.append(Say(script, _fill(button.answer, scene)))
    if button.hand_off:
        reason = f"the customer chose “{button.title}”"
        if button.answer:
            return [*steps, HandOff(reason, button.team_id or script.team_id)]
        return _hand_off(scene, at, reason, button.team_id or script.team_id)
    if following := scene.script(button.next_flow_id):
        return [*steps, *_enter(scene, following)]
    return [*steps, Enter(script)] if steps else _enter(scene, script)


def _enter(scene: Scene, script: Script) -> list[Step]:
    return [*_say(scene, script), *_after(script, f"the flow “{script.name}” ends with people")]


def _after(script: Script, reason: str) -> list[Step]:
    return [HandOff(reason, script.team_id) if script.hand_off else Enter(script)]


def _say(scene: Scene, script: Script) -> list[Step]:
    buttons = () if script.hand_off else script.buttons
    return [Say(script, _fill(script.text, scene), buttons)]


def _hand_off(scene: Scene, at: datetime, reason: str, team_id: int | None = None) -> list[Step]:
    """Tell the customer who answers next, or that nobody is there now, then give the floor."""
    away = scene.with_trigger("away")
    if not scene.is_open and away and not _said_lately(scene, away[0], at):
        told: list[Step] = [Say(away[0], _fill(away[0].text, scene)), NoteAway(away[0])]
    elif speaker := scene.current or next(iter(scene.scripts), None):
        text = speaker.hand_off_text or phrase("hand_off", scene.language)
        told = [Say(speaker, _fill(text, scene))]
    else:
        told = []
    if team_id is None and scene.current:
        team_id = scene.current.team_id
    return [*told, HandOff(reason, team_id)]


def _said_lately(scene: Scene, script: Script, at: datetime) -> bool:
    said_at = scene.away_said.get(script.id)
    return said_at is not None and at - said_at < script.cooldown


def _keyword(scene: Scene) -> tuple[Script, str, int] | None:
    """The flow whose keyword the message means best, that keyword, and how well."""
    found = [
        (script, *match)
        for script in scene.with_trigger("keyword")
        if (match := best_keyword(scene.heard.text, script.keywords))
    ]
    return max(found, key=lambda hit: (hit[2], len(hit[1])), default=None)


def _fill(text: str, scene: Scene) -> str:
    filled = VARIABLE.sub(lambda found: scene.values.get(found[1], found[0]), text)
    return filled.strip()[:TEXT_LIMIT]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
