"""At most six queries a page, session and person included, however much there is to show."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Channel, Team, User
from inbox.actions.viewers import note_viewing
from inbox.models import (
    Attachment,
    Conversation,
    Draft,
    Event,
    Label,
    Mention,
    Message,
    Participant,
    Reaction,
)
from tests import cast

MOST = 6
LIST = {"HX-Request": "true", "HX-Target": "list"}
PANE = {"HX-Request": "true", "HX-Target": "conversation"}
pytestmark = pytest.mark.django_db


@pytest.fixture(params=[2, 30])
def crowd(request: Any, channel: Channel, support: Team, ana: User, ben: User) -> Conversation:
    """Two or thirty conversations of every sort; the one given back has everything in it."""
    at = timezone.now() - timedelta(hours=2)
    made = [fill_row(index, channel, ana, ben, at) for index in range(request.param)]
    label = Label.objects.create(name="VIP")
    for row in made:
        row.labels.add(label)
    fill_thread(made[-1], request.param, ana, ben, at)
    return made[-1]


def fill_row(index: int, channel: Channel, ana: User, ben: User, at: Any) -> Conversation:
    """Named or not, assigned or not, read or not."""
    contact = cast.make_contact("" if index % 2 else f"Customer {index}", f"3460000{index:04d}")
    row = cast.conversation_with(
        contact, channel, assignee=[ana, ben, None][index % 3], at=at + timedelta(seconds=index)
    )
    cast.inbound(row, at=at + timedelta(seconds=index))
    Draft.objects.create(user=ana, conversation=row, text="Half", updated_at=at)
    return row


def fill_thread(there: Conversation, number: int, ana: User, ben: User, at: Any) -> None:
    """Media, reactions, quotes, notes with mentions, events, guests, viewers, another talk."""
    for index in range(number):
        moment = at + timedelta(minutes=1, seconds=index)
        asked = cast.inbound(there, "Where is it?", at=moment)
        said = cast.outbound(there, "On its way", ana, at=moment, quoted=asked)
        photo = cast.inbound(there, "", at=moment, kind=Message.Kind.IMAGE)
        Attachment.objects.create(message=photo, kind="image", state=Attachment.State.READY)
        for message in (asked, said):
            Reaction.objects.create(
                message=message, author_kind="agent", emoji="👍", user=ben, at=at
            )
        cast.note(there, "Look", ben, at=moment)
        Event.objects.create(conversation=there, kind="labelled", actor=ben, at=moment)
    Participant.objects.create(conversation=there, role="observer", user=ben, joined_at=at)
    note_viewing(conversation=there, user=ben, at=timezone.now())
    cast.conversation_with(there.contact, there.channel, status="closed", at=at)


@pytest.fixture(params=["agent", "agent of three teams", "supervisor", "administrator"])
def reader(request: Any, support: Team, sales: Team, ana: User, sofia: User, omar: User) -> User:
    """Whoever looks."""
    person = {"supervisor": sofia, "administrator": omar}.get(request.param, ana)
    if request.param == "agent of three teams":
        for team in (sales, cast.make_team("Returns")):
            team.members.add(person)
    return person


@pytest.fixture
def queries(client: Client, reader: User) -> Callable[..., list[str]]:
    """queries(path, headers): what the page asked of the database, once it is warm."""
    client.force_login(reader)

    def ask(path: str, headers: dict[str, str] | None = None, status: int = 200) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path, headers=headers)
        assert answer.status_code == status
        return [query["sql"] for query in seen.captured_queries]

    return ask


def few(asked: list[str]) -> bool:
    assert len(asked) <= MOST, "\n".join(f"{len(asked)} queries:\n{sql[:160]}" for sql in asked)
    return True


def test_every_page_and_fragment(
    crowd: Conversation, queries: Callable[..., list[str]], support: Team, reader: User
) -> None:
    for view in ("all", "mine", "unassigned", "mentions", f"team-{support.pk}"):
        assert few(queries(f"/inbox/{view}/", LIST))
        assert few(queries(f"/inbox/{view}/"))
    assert few(queries("/inbox/all/rows/"))
    assert few(queries(f"/inbox/all/changes/?since=1&known={crowd.pk}"))
    assert few(opened(crowd, queries, "all"))
    assert few(opened(crowd, queries, f"team-{support.pk}"))
    # Where its reader is named; far above its end; with the window closed.
    note = crowd.messages.filter(direction="note").first()
    assert note is not None
    mention = Mention.objects.create(user=reader, conversation=crowd, message=note, at=note.at)
    assert few(opened(crowd, queries, "all"))
    mention.delete()
    for index in range(55):
        cast.note(crowd, "Among us", at=timezone.now() + timedelta(seconds=index))
    assert few(opened(crowd, queries, "all"))
    Conversation.objects.update(window_closes_at=timezone.now() - timedelta(hours=1))
    assert few(opened(crowd, queries, "all"))


def opened(there: Conversation, queries: Callable[..., list[str]], view: str) -> list[str]:
    """The larger of what the pane and the page of a conversation ask."""
    pane = queries(f"/conversations/{there.pk}/", PANE)
    return max(pane, queries(f"/inbox/{view}/{there.pk}/"), key=len)
