"""Catching up misses nothing, also when an older transaction commits after a younger one."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from inbox.models import Contact, Conversation, Message
from inbox.queries.changes import (
    CursorTooOld,
    changed_conversations,
    changed_in_thread,
    parse_cursor,
    read_cursor,
)
from tests import cast


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_not_skipped(
    conversation_with: Callable[..., Conversation], ana: User, diego: Contact, marina: Contact
) -> None:
    slow, quick = conversation_with(diego), conversation_with(marina)
    cursor = read_cursor()
    parameters = connection.get_connection_params()
    parameters = {
        k: parameters[k]
        for k in ("host", "port", "user", "password", "dbname")
        if parameters.get(k)
    }
    with psycopg.connect(**parameters) as late:
        late.execute("UPDATE inbox_conversation SET preview = 'slow' WHERE id = %s", [slow.pk])
        Conversation.objects.filter(pk=quick.pk).update(preview="quick")
        first, cursor = changed_conversations(user=ana, since=cursor)
        assert [row.preview for row in first] == ["quick"], "the slow writer has not committed"
        late.commit()
    second, cursor = changed_conversations(user=ana, since=cursor)
    assert "slow" in {row.preview for row in second}
    third, _ = changed_conversations(user=ana, since=read_cursor())
    assert third == []


@pytest.mark.django_db(transaction=True)
def test_a_thread_tells_what_is_new_and_what_changed(
    conversation: Conversation, inbound: Callable[..., Message]
) -> None:
    old, kept = inbound(conversation, "old"), inbound(conversation, "kept")
    cursor = read_cursor()
    Message.objects.filter(pk=old.pk).update(text="edited")
    new = inbound(conversation, "new")
    event = conversation.events.create(kind="closed", at=cast.AT)
    changes = changed_in_thread(conversation=conversation, since=cursor)
    assert {message.pk for message in changes.messages} == {old.pk, new.pk}
    assert changes.events == [event]
    assert kept.pk not in {message.pk for message in changes.messages}


@pytest.mark.django_db
def test_an_outsider_catches_up_on_nothing(conversation: Conversation, cleo: User) -> None:
    rows, _ = changed_conversations(user=cleo, since=0)
    assert rows == []


@pytest.mark.django_db
def test_a_cursor_of_another_database_or_too_long_ago_asks_for_a_reload(
    conversation_with: Callable[..., Conversation], ana: User
) -> None:
    with pytest.raises(CursorTooOld):
        changed_conversations(user=ana, since=read_cursor() + 1_000_000)
    for index in range(4):
        conversation_with(cast.make_contact(f"Customer {index}", f"34630000{index:02d}"))
    with pytest.raises(CursorTooOld):
        changed_conversations(user=ana, since=0, limit=3)
    for nonsense in ("", "x", "-1", "9" * 40):
        with pytest.raises(CursorTooOld):
            parse_cursor(nonsense)
