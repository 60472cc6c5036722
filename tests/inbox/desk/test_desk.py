"""What one person has read, has begun to write, and inserts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team, User
from inbox import signals
from inbox.actions.desks import (
    LONGEST_DRAFT,
    DraftTooLong,
    discard_draft,
    mark_read,
    mark_unread,
    render_canned_reply,
    save_draft,
)
from inbox.actions.notes import write_note
from inbox.models import CannedReply, Contact, Conversation, Draft, Mention, ReadMark
from inbox.queries.access import NotPermitted
from inbox.queries.views import in_view, with_row_parts
from tests import cast

pytestmark = pytest.mark.django_db


def unread(user: User) -> int:
    row = with_row_parts(Conversation.objects.all(), user).get()
    return int(row.unread)


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What was announced as read."""
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    signals.conversation_read.connect(listen)
    yield heard
    signals.conversation_read.disconnect(listen)


def test_unread_is_personal(
    conversation: Conversation,
    ana: User,
    ben: User,
    at: datetime,
    inbound: Any,
    pushed: list[dict[str, Any]],
) -> None:
    inbound(conversation)
    inbound(conversation)
    assert (unread(ana), unread(ben)) == (2, 2)
    mark_read(conversation=conversation, user=ana, at=at)
    assert (unread(ana), unread(ben)) == (0, 2)
    assert [(push["kind"], push["to"]) for push in pushed] == [
        ("desk.changed", {f"user.{ana.pk}"})
    ]


def test_a_message_that_came_while_the_page_was_read_stays_unread(
    conversation: Conversation, ana: User, at: datetime, inbound: Any
) -> None:
    inbound(conversation)
    inbound(conversation)
    mark_read(conversation=conversation, user=ana, at=at, seen=1)
    assert unread(ana) == 1
    mark_read(conversation=conversation, user=ana, at=at)
    mark_read(conversation=conversation, user=ana, at=at, seen=1)
    assert unread(ana) == 0, "an older page makes nothing unread"
    mark_read(conversation=conversation, user=ana, at=at, seen=99)
    assert ReadMark.objects.get().seen_count == 2


def test_marked_unread_from_a_message_on(
    conversation: Conversation, ana: User, at: datetime, inbound: Any
) -> None:
    messages = [inbound(conversation, at=at + timedelta(seconds=n)) for n in range(4)]
    mark_read(conversation=conversation, user=ana, at=at)
    mark_unread(conversation=conversation, user=ana, at=at)
    assert unread(ana) == 1
    mark_unread(conversation=conversation, user=ana, at=at, message=messages[1])
    assert unread(ana) == 3


def test_opening_the_conversation_clears_its_mentions(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    write_note(conversation=conversation, author=ana, text="@Ben", mentions=[ben], at=at)
    assert in_view(ben, "mention", at).exists()
    mark_read(conversation=conversation, user=ben, at=at)
    assert Mention.objects.get().seen_at == at
    assert not in_view(ben, "mention", at).exists()


def test_reading_something_new_is_announced_once(
    conversation: Conversation,
    ana: User,
    at: datetime,
    inbound: Any,
    told: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    inbound(conversation)
    with django_capture_on_commit_callbacks(execute=True):
        mark_read(conversation=conversation, user=ana, at=at)
        assert told == [], "not before it is committed"
        mark_read(conversation=conversation, user=ana, at=at)
    assert [(one["conversation"], one["user"]) for one in told] == [(conversation, ana)]


def test_an_outsider_marks_nothing(conversation: Conversation, cleo: User, at: datetime) -> None:
    for attempt in (mark_read, mark_unread):
        with pytest.raises(NotPermitted):
            attempt(conversation=conversation, user=cleo, at=at)
    with pytest.raises(NotPermitted):
        save_draft(conversation=conversation, user=cleo, text="Hi", at=at)
    assert not ReadMark.objects.exists()


def test_a_draft_is_kept_changed_and_discarded(
    conversation: Conversation, ana: User, ben: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    save_draft(conversation=conversation, user=ana, text="Dear D", at=at)
    save_draft(conversation=conversation, user=ana, text="Dear Diego\0", is_note=True, at=at)
    draft = Draft.objects.get()
    assert (draft.user, draft.text, draft.is_note) == (ana, "Dear Diego", True)
    assert save_draft(conversation=conversation, user=ben, text="Mine", at=at)
    assert save_draft(conversation=conversation, user=ana, text=" \n", at=at) is None
    assert [draft.user for draft in Draft.objects.all()] == [ben]
    discard_draft(conversation=conversation, user=ana)
    assert {push["kind"] for push in pushed} == {"desk.changed"}
    assert all(push["to"] in ({f"user.{ana.pk}"}, {f"user.{ben.pk}"}) for push in pushed)
    assert len(pushed) == 3, "the mark of a draft appears and goes; typing on tells nobody"


def test_a_draft_has_an_end(conversation: Conversation, ana: User, at: datetime) -> None:
    with pytest.raises(DraftTooLong):
        save_draft(conversation=conversation, user=ana, text="x" * (LONGEST_DRAFT + 1), at=at)


def reply(text: str, team: Team | None = None) -> CannedReply:
    return CannedReply.objects.create(shortcut="hi", title="Hi", text=text, team=team)


def test_a_canned_reply_is_filled_from_the_conversation(
    conversation: Conversation, ana: User
) -> None:
    text = (
        "Hi {{first_name}} ({{ name }}), {{agent}} of {{team}}, {{channel}}: {{agent_first_name}}"
    )
    made = render_canned_reply(reply=reply(text), conversation=conversation, user=ana)
    assert made.text == "Hi Diego (Diego Fernández), Ana Souza of Support, WhatsApp: Ana"
    assert made.missing == []


def test_what_cannot_be_filled_is_told(
    conversation: Conversation, diego: Contact, ana: User
) -> None:
    Contact.objects.update(profile_name="", name="")
    conversation.refresh_from_db()
    made = render_canned_reply(
        reply=reply("Hi {{first_name}}, your {{order}}"), conversation=conversation, user=ana
    )
    assert made.text == "Hi {{first_name}}, your {{order}}"
    assert made.missing == ["first_name", "order"]


def test_a_customers_name_is_never_filled_in_its_turn(
    conversation: Conversation, diego: Contact, ana: User
) -> None:
    Contact.objects.update(name="{{agent}}  {{team}}\n%s {0}")
    conversation.refresh_from_db()
    made = render_canned_reply(reply=reply("{{name}}"), conversation=conversation, user=ana)
    assert made.text == "{{agent}} {{team}} %s {0}"


def test_a_canned_reply_of_another_team_is_not_handed_out(
    conversation: Conversation, ana: User, omar: User, sales: Team, support: Team
) -> None:
    secret = reply("Our lowest price", sales)
    with pytest.raises(NotPermitted):
        render_canned_reply(reply=secret, conversation=conversation, user=ana)
    assert render_canned_reply(reply=secret, conversation=conversation, user=omar).text


def test_a_stranger_gets_no_customers_name(conversation: Conversation) -> None:
    stranger = cast.make_user("Nobody")
    with pytest.raises(NotPermitted):
        render_canned_reply(reply=reply("{{name}}"), conversation=conversation, user=stranger)
