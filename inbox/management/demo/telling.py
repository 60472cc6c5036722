"""Tells the demo's stories: what customers and people said, as if it had happened until now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps

from accounts.models import Channel, Team, User
from inbox.actions.archives import archive_conversation
from inbox.actions.assignments import add_collaborator, take_conversation
from inbox.actions.contents import template_content
from inbox.actions.conversations import (
    close_conversation,
    set_labels,
    set_priority,
    snooze_conversation,
)
from inbox.actions.notes import write_note
from inbox.management.demo.customers import add_photo
from inbox.management.demo.writing import MINUTE, Writer
from inbox.models import Contact, Conversation, Label, Message, Participant, Reaction, ReadMark
from templates_app.contents import variables
from templates_app.models import MessageTemplate

Kind, Author = Message.Kind, Message.Author


class Teller(Writer):
    """Tells one story: a conversation from its first line to its last.

    A line is [who, what, more]; the first word of `who` names the method that tells it.
    """

    def __init__(
        self,
        story: dict[str, Any],
        contact: Contact,
        channel: Channel,
        people: dict[str, User],
        now: datetime,
    ) -> None:
        self.story, self.people = story, people
        count, gap = len(story["lines"]), story.get("gap", 3)
        self.times = [now - MINUTE * (story["ended"] + gap * n) for n in reversed(range(count))]
        fields: dict[str, Any] = {"floor": story.get("floor", "human")}
        if "team" in story:
            fields["team"] = Team.objects.get(name=story["team"])
        super().__init__(contact, channel, begin=self.times[0], now=now, **fields)

    def tell(self) -> Conversation:
        """Everything in its order; who has the conversation takes it at their first word."""
        for moment, (who, *rest) in zip(self.times, self.story["lines"], strict=True):
            self.at = moment
            verb, _, name = who.partition(":")
            if (name or verb) == self.story.get("has") and self.conversation.assignee is None:
                self.act(take_conversation, by=self.people[self.story["has"]])
            if verb in self.people:
                verb, name = "say", verb
            getattr(self, f"tell_{verb}")(name, *rest)
        self.conclude()
        return self.conversation

    def act(self, action: Callable[..., Any], **arguments: Any) -> None:
        """One of the inbox's own actions, at the time of the line."""
        action(conversation=self.conversation, at=self.at, **arguments)
        self.conversation.refresh_from_db()

    def conclude(self) -> None:
        """What became of the conversation after its last line."""
        story, sofia = self.story, self.people["sofia"]
        has = self.people.get(story.get("has", ""))
        if labels := story.get("labels"):
            self.act(set_labels, labels=Label.objects.filter(name__in=labels), by=has)
        if "priority" in story:
            self.act(set_priority, priority=story["priority"], by=has)
        if "snooze" in story:
            until = self.now + timedelta(hours=story["snooze"])
            self.act(snooze_conversation, by=has, until=until)
        if "close" in story:
            self.at += MINUTE * 5
            self.act(close_conversation, by=has, reason=story["close"])
        if story.get("archive"):
            self.at += timedelta(days=1)
            self.act(archive_conversation, by=sofia)
        if self.conversation.floor == Conversation.Floor.BOT:
            self.begin_flow()
        self.mark_read()

    def mark_read(self) -> None:
        """Colleagues have seen everything but what came within the last hour or two."""
        if self.story["ended"] < 120 and self.said[-1].direction == Message.Direction.IN:
            return
        ReadMark.objects.bulk_create(
            ReadMark(
                user=person,
                conversation=self.conversation,
                seen_count=self.conversation.inbound_count,
                seen_at=self.at,
            )
            for person in self.people.values()
        )

    def begin_flow(self) -> None:
        """The bot waits for an answer to its greeting."""
        welcome = apps.get_model("bots", "Flow").objects.get(name="Welcome")
        Participant.objects.create(
            conversation=self.conversation,
            role=Participant.Role.BOT,
            name=welcome.name,
            joined_at=self.at,
        )
        apps.get_model("bots", "FlowRun").objects.create(
            conversation=self.conversation,
            flow=welcome,
            started_at=self.at,
            last_step_at=self.at,
        )

    def tell_in(self, _: str, text: str) -> None:
        """A message of the customer."""
        self.receive(text)

    def tell_quote(self, _: str, text: str) -> None:
        """An answer to the last message."""
        self.receive(text, quoted=self.said[-1])

    def tell_place(self, _: str, place: dict[str, Any]) -> None:
        """A location."""
        self.receive(kind=Kind.LOCATION, payload={"location": place})

    def tell_card(self, _: str, card: dict[str, Any]) -> None:
        """A contact card."""
        self.receive(kind=Kind.CONTACTS, payload={"contacts": [card]})

    def tell_photo(self, _: str, text: str) -> None:
        """A photo, drawn here."""
        self.receive(text, kind=Kind.IMAGE)
        add_photo(self.said[-1])

    def tell_react(self, _: str, emoji: str) -> None:
        """A reaction of the customer to our last message."""
        Reaction.objects.create(
            message=self.said[-1], author_kind=Author.CUSTOMER, emoji=emoji, at=self.at
        )

    def tell_note(self, name: str, text: str, mentions: list[str] | None = None) -> None:
        """A private note; whoever it mentions from elsewhere was asked in before."""
        author = self.people.get(name)
        for guest in self.story.get("join", []) if mentions else []:
            self.act(add_collaborator, user=self.people[guest], by=author)
        people = [self.people[one] for one in mentions or []]
        bot = {} if author else {"author_kind": Author.BOT, "author_name": "Welcome"}
        self.act(write_note, author=author, text=text, mentions=people, **bot)

    def tell_bot(self, _: str, text: str) -> None:
        """The bot speaks; the customer still waits for a person."""
        self.send(Author.BOT, author_name="Welcome", text=text)

    def tell_say(self, name: str, text: str, state: str | int = "read") -> None:
        """A colleague answers. state: how far it came, or Meta's code of the failure."""
        self.send(Author.AGENT, author=self.people[name], text=text, state=state)

    def tell_template(
        self, name: str, which: str, values: list[str], state: str | int = "read"
    ) -> None:
        """A colleague sends a template: "name|language" and the values of its variables."""
        title, language = which.split("|")
        template = MessageTemplate.objects.get(name=title, language=language)
        keys = [variable.key for variable in variables(template)]
        content = template_content(template, dict(zip(keys, values, strict=False)), [])
        self.send(
            Author.AGENT,
            author=self.people[name],
            text=content.text,
            state=state,
            kind=Kind.TEMPLATE,
            payload=content.payload,
            template=template,
        )
