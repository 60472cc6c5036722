"""From live events to frames: a batch is read once, and drawn once a language."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone, translation

from accounts.models import User
from inbox import fragments
from inbox.models import Conversation, Event, Message
from inbox.queries.access import audiences_of_many, conversations_for
from inbox.queries.threads import with_message_parts
from inbox.queries.views import with_neutral_parts, with_row_parts

REDRAWN = {
    "conversation.changed": (fragments.HEADER, fragments.PANEL, fragments.COMPOSER),
    "window.changed": (fragments.HEADER, fragments.COMPOSER),
}


@dataclass(slots=True)
class Task:
    """What a batch asks of one conversation, its events put together."""

    has_row: bool = False
    messages: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)
    signals: dict[str, None] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Frames of one conversation by language, with the audiences that it has now.

    seq: the row's number as it was drawn, so that a lost push is noticed.
    """

    audiences: set[str]
    seq: int
    row: dict[str, str]
    thread: dict[str, str]


def put_together(events: Iterable[dict[str, Any]]) -> dict[int, Task]:
    """Tasks by conversation: a burst about one conversation is drawn once."""
    tasks: dict[int, Task] = {}
    for event in events:
        task = tasks.setdefault(event["conversation"], Task())
        task.told |= {*event["to"], *event["lost"]}
        task.has_row |= event["kind"] != "event.added"
        task.messages |= set(event.get("messages", ()))
        task.events |= {event["event"]} if "event" in event else set()
        task.signals |= dict.fromkeys(REDRAWN.get(event["kind"], ()))
    return tasks


def draw(tasks: dict[int, Task], languages: Collection[str]) -> dict[int, Drawn]:
    """Every frame of the batch. A conversation that is gone is left out. Blocking."""
    at = timezone.now()
    rows = list(with_neutral_parts(Conversation.objects.filter(pk__in=tasks)))
    audiences = audiences_of_many(rows)
    items = read_items(tasks)
    fragments.prepare_rows(rows, at)
    drawn = {row.pk: Drawn(audiences[row.pk], row.seq, {}, {}) for row in rows}
    for language in languages:
        with translation.override(language):
            for row in rows:
                if tasks[row.pk].has_row:
                    drawn[row.pk].row[language] = fragments.rows_frame([row], at, prepared=True)
                drawn[row.pk].thread[language] = thread_frame(
                    row.pk, tasks[row.pk], items.get(row.pk, [])
                )
    return drawn


def thread_frame(conversation_id: int, task: Task, items: list[Message | Event]) -> str:
    """Bubbles, lines and signals for whoever has the conversation open."""
    frame = fragments.thread_frame(conversation_id, items) if items else ""
    if task.signals:
        frame += fragments.signal_frame(*task.signals, conversation_id=conversation_id)
    return frame


def read_items(tasks: dict[int, Task]) -> dict[int, list[Message | Event]]:
    """The messages and events that the tasks name, by conversation, in their order."""
    message_ids = {pk for task in tasks.values() for pk in task.messages}
    event_ids = {pk for task in tasks.values() for pk in task.events}
    found: list[Message | Event] = []
    if message_ids:
        found += with_message_parts(Message.objects.filter(pk__in=message_ids))
    if event_ids:
        found += Event.objects.filter(pk__in=event_ids).select_related("actor")
    items: dict[int, list[Message | Event]] = {}
    for item in sorted(found, key=lambda item: (item.at, item.pk)):
        items.setdefault(item.conversation_id, []).append(item)
    return items


def draw_marks(user_id: int, conversation_ids: Iterable[int]) -> str:
    """One person's own marks on some rows. Blocking."""
    user = User.objects.get(pk=user_id)
    seen = conversations_for(user).filter(pk__in=list(conversation_ids))
    rows = list(with_row_parts(seen, user).prefetch_related(None))
    return fragments.marks_frame(rows) if rows else ""


def draw_presence(user_id: int) -> str:
    """A colleague's dot. Blocking."""
    person = User.objects.select_related("presence").filter(pk=user_id).first()
    return fragments.presence_frame(person, timezone.now()) if person else ""


def draw_people(event: dict[str, Any]) -> str:
    """Somebody types or looks. Blocking."""
    person = User.objects.filter(pk=event["user"]).first()
    if person is None:
        return ""
    kind = str(event["kind"]).partition(".")[0]
    return fragments.person_frame(
        kind, event["conversation"], person, is_now=bool(event["is_now"])
    )
