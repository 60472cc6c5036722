"""Events of a conversation in words: the slim lines between its messages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.models import Event

register = template.Library()
Say = Callable[[str, dict[str, Any]], str]


@register.filter
def sentence(event: Event) -> str:
    """What happened, as one sentence without its time. Plain text: the template escapes it."""
    actor = str(event.actor) if event.actor else ""
    data = event.data if isinstance(event.data, dict) else {}
    say = SENTENCES.get(event.kind)
    return say(actor, data) if say else unknown(event.kind, data)


@register.filter
def until(event: Event) -> datetime | None:
    """Until when it sleeps, which the page says in its reader's own zone."""
    if event.kind != "snoozed" or not isinstance(event.data, dict):
        return None
    try:
        moment = datetime.fromisoformat(str(event.data.get("until")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def unknown(kind: str, data: dict[str, Any]) -> str:
    """What WhatsApp said in its own words, or the kind itself."""
    return str(data.get("text") or kind.replace("_", " "))[:300]


def by(actor: str, text: str) -> str:
    """ "closed" -> "Ana closed", or "Closed" where nobody did it."""
    return f"{actor} {text}" if actor else text[:1].upper() + text[1:]


def started(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("started the conversation"))


def taken(actor: str, data: dict[str, Any]) -> str:
    return by(actor or str(data.get("name", "")), _("took the conversation"))


def given_back(actor: str, data: dict[str, Any]) -> str:
    if team := data.get("team"):
        return by(actor, _("gave it back to %(team)s") % {"team": team})
    return by(actor, _("gave it back"))


def assigned(actor: str, data: dict[str, Any]) -> str:
    name, team = data.get("name"), data.get("team_name")
    moved = team if team != data.get("from_team_name") else ""
    if name and moved:
        text = _("assigned it to %(name)s in %(team)s") % {"name": name, "team": team}
    elif name or team:
        text = _("assigned it to %(name)s") % {"name": name or team}
    else:
        text = _("took it from everybody")
    note = data.get("note")
    return by(actor, text) + (f" — {note}" if note else "")


def joined(actor: str, data: dict[str, Any]) -> str:
    name = str(data.get("name", ""))
    role = _("as an observer") if data.get("role") == "observer" else _("as a collaborator")
    if name == actor or not actor:
        return _("%(name)s joined %(role)s") % {"name": name, "role": role}
    return _("%(actor)s brought in %(name)s %(role)s") % {
        "actor": actor,
        "name": name,
        "role": role,
    }


def left(actor: str, data: dict[str, Any]) -> str:
    return _("%(name)s left") % {"name": data.get("name", actor)}


def closed(actor: str, data: dict[str, Any]) -> str:
    reason = data.get("reason")
    return by(actor, _("closed the conversation")) + (f": {reason}" if reason else "")


def reopened(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("reopened the conversation"))


def snoozed(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("snoozed the conversation"))


def woken(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("woke the conversation")) if actor else _("Back from snooze")


def labelled(actor: str, data: dict[str, Any]) -> str:
    added, removed = data.get("added") or [], data.get("removed") or []
    parts = []
    if added:
        parts.append(
            ngettext("added the label %(names)s", "added the labels %(names)s", len(added))
            % {"names": ", ".join(map(str, added))}
        )
    if removed:
        parts.append(_("removed %(names)s") % {"names": ", ".join(map(str, removed))})
    return by(actor, _(" and ").join(parts))


def priority(actor: str, data: dict[str, Any]) -> str:
    names = {0: _("normal"), 1: _("high"), 2: _("urgent")}
    name = names.get(data.get("priority", 0), "")
    return by(actor, _("set the priority to %(name)s") % {"name": name})


def archived(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("archived the conversation"))


def restored(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("restored the conversation from the archive"))


def blocked(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("blocked the contact"))


def handed_over(actor: str, data: dict[str, Any]) -> str:
    reason, team = data.get("reason"), data.get("team_name")
    if team:
        text = _("The bot handed over to %(team)s") % {"team": team}
    else:
        text = _("The bot handed over")
    return f"{text}: {reason}" if reason else text


def handed_back(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("gave the word back to the bot"))


def floor_taken(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("took over from the bot"))


def unblocked(actor: str, data: dict[str, Any]) -> str:
    return by(actor, _("unblocked the contact"))


def opened(actor: str, data: dict[str, Any]) -> str:
    return _("The customer began a conversation")


def call(actor: str, data: dict[str, Any]) -> str:
    step = str(data.get("event") or data.get("status") or "").lower()
    who = _("The customer called") if data.get("direction") == "USER_INITIATED" else _("Call")
    minutes, seconds = divmod(duration_of(data), 60)
    steps = {
        "connect": who,
        "call_created": who,
        "ringing": _("The customer's phone rings"),
        "accepted": _("The call was accepted"),
        "rejected": _("The call was rejected"),
    }
    if step == "terminate" and (minutes or seconds):
        return _("The call ended after %(time)s") % {"time": f"{minutes}:{seconds:02d}"}
    return steps.get(step, _("The call ended") if step == "terminate" else _("Call"))


def duration_of(data: dict[str, Any]) -> int:
    """Whole seconds, as far as Meta told them."""
    duration = data.get("duration")
    return int(duration) if isinstance(duration, int | float) else 0


def number_changed(actor: str, data: dict[str, Any]) -> str:
    return str(data.get("text") or _("The customer has a new number"))


def user_id_changed(actor: str, data: dict[str, Any]) -> str:
    return _("The customer has a new WhatsApp user id")


def identity_changed(actor: str, data: dict[str, Any]) -> str:
    return _("The customer's security code changed")


def system(actor: str, data: dict[str, Any]) -> str:
    return str(data.get("text") or _("A notice from WhatsApp"))


def opted_out(actor: str, data: dict[str, Any]) -> str:
    what = purpose_words(data)
    if actor:
        words = _("recorded that the customer wants no %(what)s messages")
        return by(actor, words % {"what": what})
    return _("The customer wants no more %(what)s messages") % {"what": what}


def opted_in(actor: str, data: dict[str, Any]) -> str:
    what = purpose_words(data)
    if actor:
        words = _("recorded that the customer agreed to %(what)s messages")
        return by(actor, words % {"what": what})
    return _("The customer agreed to %(what)s messages") % {"what": what}


def purpose_words(data: dict[str, Any]) -> str:
    """What they are about."""
    words = {"marketing": _("marketing"), "utility": _("utility")}
    return ", ".join(
        words.get(str(each), str(each)) for each in data.get("purposes", ["marketing"])
    )


def control_passed(actor: str, data: dict[str, Any]) -> str:
    return _("Another partner of this number passed the conversation on")


def control_taken(actor: str, data: dict[str, Any]) -> str:
    return _("Another partner of this number took the conversation")


SENTENCES: dict[str, Say] = {
    "opened": opened,
    "call": call,
    "number_changed": number_changed,
    "user_id_changed": user_id_changed,
    "identity_changed": identity_changed,
    "system": system,
    "opted_out": opted_out,
    "opted_in": opted_in,
    "marketing_stopped": opted_out,  # as it was called before
    "marketing_resumed": opted_in,
    "control_passed": control_passed,
    "control_taken": control_taken,
    "started": started,
    "taken": taken,
    "given_back": given_back,
    "assigned": assigned,
    "joined": joined,
    "left": left,
    "closed": closed,
    "reopened": reopened,
    "snoozed": snoozed,
    "woken": woken,
    "labelled": labelled,
    "priority": priority,
    "archived": archived,
    "restored": restored,
    "blocked": blocked,
    "unblocked": unblocked,
    "handed_over": handed_over,
    "handed_back": handed_back,
    "floor_taken": floor_taken,
}
