"""From live events to frames: a batch is read once, and drawn once a language."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone, translation

from accounts.models import Membership, User
from inbox import fragments
from inbox.models import Event, Message
from inbox.queries.access import ALL, audiences_of_row, conversations_for
from inbox.queries.pushed import pushed_messages, pushed_rows
from inbox.queries.views import with_row_parts

REDRAWN = {
    "conversation.changed": (fragments.HEADER, fragments.PANEL, fragments.COMPOSER),
    "window.changed": (fragments.HEADER, fragments.COMPOSER),
}


@dataclass(slots=True)
class Task:
    """What a batch asks of one conversation, its events put together.

    told: every audience that was named. rows_in, threads_in: the languages in which somebody
    looks at its row and at its thread.
    """

    has_row: bool = False
    messages: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)
    signals: dict[str, None] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    rows_in: set[str] = field(default_factory=set)
    threads_in: set[str] = field(default_factory=set)

    @property
    def is_wanted(self) -> bool:
        return bool(self.threads_in or (self.has_row and self.rows_in))


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


def draw(tasks: dict[int, Task]) -> dict[int, Drawn]:
    """What somebody looks at. A conversation that is gone is left out. Blocking."""
    at = timezone.now()
    rows = pushed_rows.read(tasks)
    fragments.prepare_rows(rows, at)
    items = read_items([task for task in tasks.values() if task.threads_in])
    drawn = {row.pk: Drawn(audiences_of_row(row), row.seq, {}, {}) for row in rows}
    for language in {each for task in tasks.values() for each in task.rows_in | task.threads_in}:
        with translation.override(language):
            for row in rows:
                task, found = tasks[row.pk], drawn[row.pk]
                if task.has_row and language in task.rows_in:
                    found.row[language] = fragments.rows_frame([row], at, prepared=True)
                if language in task.threads_in:
                    bubbles = items.get(row.pk, [])
                    found.thread[language] = thread_frame(row.pk, task, bubbles)
    return drawn


def thread_frame(conversation_id: int, task: Task, items: list[Message | Event]) -> str:
    """Bubbles, lines and signals for whoever has the conversation open."""
    frame = fragments.thread_frame(conversation_id, items) if items else ""
    if task.signals:
        frame += fragments.signal_frame(*task.signals, conversation_id=conversation_id)
    return frame


def read_items(tasks: list[Task]) -> dict[int, list[Message | Event]]:
    """The messages and events that the tasks name, by conversation, in their order."""
    message_ids = {pk for task in tasks for pk in task.messages}
    event_ids = {pk for task in tasks for pk in task.events}
    found: list[Message | Event] = []
    if message_ids:
        found += pushed_messages.read(message_ids)
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


def draw_presence(user_ids: Iterable[int]) -> dict[str, str]:
    """Dots of people who came or went, by the audience that has them in its rail. Blocking."""
    at = timezone.now()
    people = User.objects.select_related("presence").in_bulk(list(user_ids))
    dots = {pk: fragments.presence_frame(person, at) for pk, person in people.items()}
    frames: dict[str, list[str]] = {ALL: list(dots.values())}
    for pk, dot in dots.items():
        frames[f"user.{pk}"] = [dot]
    teams = Membership.objects.filter(user__in=dots).values_list("team_id", "user_id")
    for team_id, pk in teams:
        frames.setdefault(f"team.{team_id}", []).append(dots[pk])
    return {audience: "".join(each) for audience, each in frames.items()}


def draw_people(event: dict[str, Any]) -> str:
    """Somebody types or looks. Blocking."""
    person = User.objects.filter(pk=event["user"]).first()
    if person is None:
        return ""
    kind = str(event["kind"]).partition(".")[0]
    return fragments.person_frame(
        kind, event["conversation"], person, is_now=bool(event["is_now"])
    )
