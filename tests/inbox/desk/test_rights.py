"""Who may do what: written by hand, and what is not written here is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import Channel, Team, User
from inbox.actions import archives, assignments, contacts, conversations, desks, notes
from inbox.actions.contact_imports import import_contacts
from inbox.models import CannedReply, Contact, Conversation, Label, Participant
from inbox.queries.access import NotPermitted
from tests import cast

pytestmark = pytest.mark.django_db
AT = cast.AT
Act = Callable[[Conversation, User], object]

# The people of the table, by what they are to a conversation of Support that Ana has:
# ana: assigned to it. ben: of the team. sofia: supervises the team. omar: administrator.
# cleo: agent elsewhere. sam: supervisor elsewhere. helper, watcher: from elsewhere, asked in as
# collaborator and as observer. gone: a leaver of the team.
PEOPLE = ("ana", "ben", "sofia", "omar", "cleo", "sam", "helper", "watcher", "gone")
TEAM = {"ana", "ben", "sofia", "omar"}
ACT = TEAM | {"helper"}
SEE = ACT | {"watcher"}
LEAD = {"sofia", "omar"}
ACTIONS: dict[str, tuple[set[str], Act]] = {
    "close": (ACT, lambda c, u: conversations.close_conversation(conversation=c, by=u, at=AT)),
    "snooze": (
        ACT,
        lambda c, u: conversations.snooze_conversation(
            conversation=c, by=u, until=AT + timedelta(hours=1), at=AT
        ),
    ),
    "wake": (ACT, lambda c, u: conversations.wake_conversation(conversation=c, by=u, at=AT)),
    "label": (
        ACT,
        lambda c, u: conversations.set_labels(
            conversation=c, labels=Label.objects.all(), by=u, at=AT
        ),
    ),
    "priority": (
        ACT,
        lambda c, u: conversations.set_priority(
            conversation=c, priority=Conversation.Priority.HIGH, by=u, at=AT
        ),
    ),
    "give back": (
        ACT,
        lambda c, u: assignments.give_back_conversation(conversation=c, by=u, at=AT),
    ),
    "assign to a team": (
        ACT,
        lambda c, u: assignments.assign_conversation(
            conversation=c, team=Team.objects.get(name="Sales"), by=u, at=AT
        ),
    ),
    "add a collaborator": (
        ACT,
        lambda c, u: assignments.add_collaborator(
            conversation=c, user=User.objects.get(name="Cleo Martin"), by=u, at=AT
        ),
    ),
    "take a collaborator out": (
        ACT,
        lambda c, u: assignments.remove_collaborator(
            conversation=c, user=User.objects.get(name="Ben Carter"), by=u, at=AT
        ),
    ),
    "note": (SEE, lambda c, u: notes.write_note(conversation=c, author=u, text="Hm", at=AT)),
    "mark read": (SEE, lambda c, u: desks.mark_read(conversation=c, user=u, at=AT)),
    "mark unread": (SEE, lambda c, u: desks.mark_unread(conversation=c, user=u, at=AT)),
    "draft": (SEE, lambda c, u: desks.save_draft(conversation=c, user=u, text="Hi", at=AT)),
    "insert a canned reply": (
        SEE,
        lambda c, u: desks.render_canned_reply(
            reply=CannedReply(shortcut="hi", title="Hi", text="Hi"), conversation=c, user=u
        ),
    ),
    "export": (
        SEE,
        lambda c, u: archives.open_transcript(conversation=c, by=u, purpose="pdf", at=AT),
    ),
    "archive": (LEAD, lambda c, u: archives.archive_conversation(conversation=c, by=u, at=AT)),
    "edit the contact": (
        SEE,
        lambda c, u: contacts.update_contact(contact=c.contact, by=u, name="New", at=AT),
    ),
    "block the contact": (
        SEE,
        lambda c, u: contacts.block_contact(contact=c.contact, by=u, at=AT),
    ),
    "start a conversation on the team's number": (
        TEAM,
        lambda c, u: conversations.start_conversation(
            channel=c.channel, contact=c.contact, by=u, at=AT
        ),
    ),
    "import contacts": (
        LEAD | {"sam"},
        lambda c, u: import_contacts(content=b"phone\n+491705550123\n", by=u, at=AT),
    ),
}
ON_CLOSED: dict[str, tuple[set[str], Act]] = {
    "reopen": (ACT, lambda c, u: conversations.reopen_conversation(conversation=c, by=u, at=AT)),
}
ON_ARCHIVED: dict[str, tuple[set[str], Act]] = {
    "restore": (LEAD, lambda c, u: archives.restore_conversation(conversation=c, by=u, at=AT)),
    "export": ACTIONS["export"],
}


@pytest.fixture
def people(
    ana: User, ben: User, cleo: User, sofia: User, omar: User, support: Team, sales: Team
) -> dict[str, User]:
    Label.objects.create(name="refund")
    return {
        "ana": ana,
        "ben": ben,
        "sofia": sofia,
        "omar": omar,
        "cleo": cleo,
        "sam": cast.make_user("Sam Sales", User.Role.SUPERVISOR, sales, is_lead=True),
        "helper": cast.make_user("Hela Helper", User.Role.AGENT, sales),
        "watcher": cast.make_user("Walt Watcher", User.Role.AGENT, sales),
        "gone": cast.make_user("Gil Gone", User.Role.SUPERVISOR, support, is_active=False),
    }


@pytest.fixture
def theirs(people: dict[str, User], channel: Channel, diego: Contact) -> Conversation:
    """Diego's conversation: Support's, Ana's, with a helper and a watcher."""
    conversation = cast.conversation_with(diego, channel, assignee=people["ana"])
    for name, role in (("helper", "collaborator"), ("watcher", "observer")):
        Participant.objects.create(
            conversation=conversation, user=people[name], role=role, joined_at=AT
        )
    return conversation


def allows(act: Act, conversation: Conversation, user: User) -> bool:
    try:
        act(conversation, user)
    except NotPermitted:
        return False
    return True


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("action", ACTIONS)
def test_open(action: str, person: str, theirs: Conversation, people: dict[str, User]) -> None:
    allowed, act = ACTIONS[action]
    assert allows(act, theirs, people[person]) == (person in allowed)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("action", ON_CLOSED)
def test_closed(action: str, person: str, theirs: Conversation, people: dict[str, User]) -> None:
    conversations.close_conversation(conversation=theirs, by=None, at=AT)
    allowed, act = ON_CLOSED[action]
    assert allows(act, theirs, people[person]) == (person in allowed)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("action", ON_ARCHIVED)
def test_archived(action: str, person: str, theirs: Conversation, people: dict[str, User]) -> None:
    archives.archive_conversation(conversation=theirs, by=None, at=AT)
    theirs.refresh_from_db()
    allowed, act = ON_ARCHIVED[action]
    assert allows(act, theirs, people[person]) == (person in allowed)


@pytest.mark.parametrize("person", PEOPLE)
def test_take(person: str, theirs: Conversation, people: dict[str, User], at: datetime) -> None:
    assignments.give_back_conversation(conversation=theirs, by=None, at=at)
    allowed = allows(
        lambda c, u: assignments.take_conversation(conversation=c, by=u, at=at),
        theirs,
        people[person],
    )
    assert allowed == (person in ACT)


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        ("ana", True),
        ("ben", False),
        ("sofia", True),
        ("sam", True),
        ("omar", True),
        ("cleo", False),
    ],
)
def test_a_conversation_without_a_team_is_for_supervisors_and_its_own_people(
    person: str, allowed: bool, theirs: Conversation, people: dict[str, User], at: datetime
) -> None:
    Conversation.objects.update(team=None)
    closing = ACTIONS["close"][1]
    assert allows(closing, theirs, people[person]) == allowed
