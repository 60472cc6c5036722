"""What messages and events say, in words, for files without pictures."""

from typing import Any

EVENTS = {
    "started": "started the conversation",
    "taken": "took the conversation",
    "given_back": "gave the conversation back to {team}",
    "assigned": "assigned the conversation to {target}",
    "handed_over": "handed over to {team_name}: {reason}",
    "handed_back": "gave the word back to the bot",
    "floor_taken": "took over from the bot",
    "joined": "let {name} join as {role}",
    "left": "ended the part of {name}",
    "closed": "closed the conversation {reason}",
    "reopened": "reopened the conversation",
    "opted_in": "agreed to {purposes} messages",
    "opted_out": "opted out of {purposes} messages",
    "snoozed": "snoozed until {until}",
    "woken": "woke the conversation",
    "labelled": "labels: {changes}",
    "priority": "set the priority to {priority}",
    "archived": "archived the conversation",
    "restored": "restored the conversation",
    "blocked": "blocked the contact",
    "unblocked": "unblocked the contact",
}


def describe_message(row: dict[str, Any]) -> str:
    """The text, and in brackets what came without words."""
    parts = [row["text"], *(f"[{name}]" for name in _extras(row))]
    return "\n".join(part for part in parts if part)


def _extras(row: dict[str, Any]) -> list[str]:
    payload = row["payload"] if isinstance(row["payload"], dict) else {}
    extras = [file["filename"] or file["kind"] for file in row["attachments"]]
    if isinstance(place := payload.get("location"), dict):
        words = [place.get(key) for key in ("name", "address", "latitude", "longitude")]
        extras.append("location: " + ", ".join(str(word) for word in words if word is not None))
    if isinstance(cards := payload.get("contacts"), list):
        extras += ["contact: " + _card(card) for card in cards]
    if not row["text"] and not extras:
        extras.append(row["kind"])
    if row["revoked_at"]:
        extras.append("deleted by its author")
    return extras


def _card(card: Any) -> str:
    name = card.get("name", {}) if isinstance(card, dict) else {}
    return str(name.get("formatted_name", "?")) if isinstance(name, dict) else "?"


def describe_event(row: dict[str, Any]) -> str:
    """One line; an event of a kind that is not known here is told by its name."""
    data = {key: _word(value) for key, value in row["data"].items()}
    data["target"] = data.get("name") or data.get("team_name") or "nobody"
    changes = [f"{verb} {data[verb]}" for verb in ("added", "removed") if data.get(verb)]
    data["changes"] = ", ".join(changes)
    sentence: str = EVENTS.get(row["kind"]) or row["kind"].replace("_", " ")
    told = sentence.format_map(_Blank(data)).strip().rstrip(":")
    return f"{told}: {data['note']}" if data.get("note") else told


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


class _Blank(dict[str, str]):
    """A word that is missing is left out."""

    def __missing__(self, key: str) -> str:
        return ""
