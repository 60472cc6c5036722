"""Private notes and mentions."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from inbox.actions.assignments import add_collaborator
from inbox.actions.notes import LONGEST, InvalidNote, MentionsOutsiders, write_note
from inbox.actions.rights import WrongStatus
from inbox.models import Conversation, Mention, Message
from inbox.queries.access import NotPermitted

pytestmark = pytest.mark.django_db


def test_a_note_stays_inside_and_leaves_the_row_as_it_was(
    conversation: Conversation, ana: User, at: datetime, inbound: Any, pushed: list[dict[str, Any]]
) -> None:
    inbound(conversation, "Where is my order?")
    note = write_note(conversation=conversation, author=ana, text=" He is cross ", at=at)
    assert (note.direction, note.text, note.author) == ("note", "He is cross", ana)
    assert note.provider_id is None
    assert not hasattr(note, "outbox")
    conversation.refresh_from_db()
    assert conversation.preview == "Where is my order?"
    assert conversation.waiting_since is not None, "a note is no answer"
    assert pushed[0]["kind"] == "message.changed"
    assert pushed[0]["messages"] == [note.pk]


def test_a_mentioned_colleague_has_an_unseen_mention(
    conversation: Conversation, ana: User, ben: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    note = write_note(
        conversation=conversation, author=ana, text="@Ben?", mentions=[ben, ben, ana], at=at
    )
    mention = Mention.objects.get()
    assert (mention.user, mention.message, mention.seen_at) == (ben, note, None)
    assert [push["to"] for push in pushed if push["kind"] == "desk.changed"] == [
        {f"user.{ben.pk}"}
    ]


def test_nobody_gains_access_by_being_mentioned(
    conversation: Conversation, ana: User, ben: User, cleo: User, at: datetime
) -> None:
    with pytest.raises(MentionsOutsiders, match="Cleo Martin may not see") as error:
        write_note(conversation=conversation, author=ana, text="?", mentions=[ben, cleo], at=at)
    assert error.value.people == [cleo]
    assert not Message.objects.exists(), "nothing is written by halves"
    add_collaborator(conversation=conversation, user=cleo, by=ana, at=at)
    write_note(conversation=conversation, author=ana, text="?", mentions=[ben, cleo], at=at)
    assert Mention.objects.count() == 2


def test_a_leaver_is_not_mentioned(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    User.objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(MentionsOutsiders):
        write_note(conversation=conversation, author=ana, text="?", mentions=[ben], at=at)


@pytest.mark.parametrize("text", ["", " \n ", "\0", "x" * (LONGEST + 1)])
def test_an_empty_or_endless_note_is_refused(
    text: str, conversation: Conversation, ana: User, at: datetime
) -> None:
    with pytest.raises(InvalidNote):
        write_note(conversation=conversation, author=ana, text=text, at=at)


def test_an_outsider_writes_no_note(conversation: Conversation, cleo: User, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        write_note(conversation=conversation, author=cleo, text="Hi", at=at)


def test_an_archived_conversation_takes_no_note(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    Conversation.objects.update(status=Conversation.Status.ARCHIVED)
    with pytest.raises(WrongStatus):
        write_note(conversation=conversation, author=ana, text="Late", at=at)


def test_a_bot_leaves_a_summary(conversation: Conversation, at: datetime) -> None:
    note = write_note(
        conversation=conversation,
        author=None,
        author_kind=Message.Author.BOT,
        author_name="Welcome",
        text="Asked for a refund",
        at=at,
    )
    assert (note.author, note.author_kind, note.author_name) == (None, "bot", "Welcome")
