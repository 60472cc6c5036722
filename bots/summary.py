"""The private note with which a bot hands a conversation to people."""

from collections.abc import Iterable

WHO = {"customer": "Customer wrote", "tap": "Customer chose", "bot": "Bot said"}
LINE_LIMIT = 300
NOTE_LIMIT = 4000


def summarise(reason: str, record: Iterable[dict[str, str]]) -> str:
    """Why people take over, then what was said and chosen, oldest first; long lines are cut.

    record: entries of {"who": "customer" | "tap" | "bot", "text": …}.
    """
    lines = [_line(entry) for entry in record]
    head = f"Handed over: {reason}."
    while lines and len(head) + sum(len(line) + 1 for line in lines) > NOTE_LIMIT:
        lines.pop(0)
    return "\n".join([head, *lines])


def _line(entry: dict[str, str]) -> str:
    who = WHO.get(entry.get("who", ""), WHO["bot"])
    return f"{who}: {_short(entry.get('text', ''))}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE_LIMIT else line[: LINE_LIMIT - 1] + "…"
