"""Archives: frozen, chained, verified, restored."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from inbox.actions.archives import (
    archive_conversation,
    compute_digest,
    open_transcript,
    restore_conversation,
    verify_archives,
)
from inbox.actions.notes import write_note
from inbox.actions.rights import WrongStatus
from inbox.models import Archive, Attachment, Conversation, Message
from inbox.queries.access import NotPermitted
from inbox.queries.search import search_messages
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(conversation: Conversation, ana: User, inbound: Any, outbound: Any, at: datetime) -> Any:
    """A conversation with a question, a file, an answer and a note."""
    question = inbound(conversation, "¿Dónde está mi pedido? 📦", at=at)
    Attachment.objects.create(
        message=question, kind="image", filename="box.jpg", sha256="ab" * 32, size=10
    )
    outbound(
        conversation,
        "On its way",
        ana,
        at=at + timedelta(minutes=1),
        status=Message.Status.READ,
        read_at=at + timedelta(minutes=2),
    )
    write_note(conversation=conversation, author=ana, text="Check again", at=at)
    return conversation


def test_an_archive_holds_everything_that_was_said_and_done(
    told: Conversation, sofia: User, at: datetime
) -> None:
    archive = archive_conversation(conversation=told, by=sofia, at=at)
    told.refresh_from_db()
    assert told.status == Conversation.Status.ARCHIVED
    transcript = archive.transcript
    assert [row["text"] for row in transcript["messages"]] == [
        "¿Dónde está mi pedido? 📦",
        "Check again",
        "On its way",
    ]
    assert transcript["messages"][0]["attachments"][0]["sha256"] == "ab" * 32
    assert transcript["messages"][2]["status"] == "read"
    assert transcript["messages"][2]["read_at"] == "2026-03-02T10:02:00.000000+00:00"
    assert [row["role"] for row in transcript["participants"]] == ["customer"]
    assert [row["kind"] for row in transcript["events"]] == ["closed"], "it was open until now"
    assert transcript["archived"]["by"]["email"] == sofia.email
    assert told.events.get(kind="archived").data["digest"] == archive.digest
    assert verify_archives() == []


def test_a_later_status_does_not_touch_what_is_frozen(
    told: Conversation, sofia: User, ana: User, at: datetime
) -> None:
    archive_conversation(conversation=told, by=sofia, at=at)
    Message.objects.update(text="changed")
    told.refresh_from_db()
    frozen = open_transcript(conversation=told, by=ana, purpose="json", at=at)
    assert frozen["messages"][2]["text"] == "On its way"
    assert verify_archives() == []


def make_chain(channel: Any, sofia: User, at: datetime) -> list[Archive]:
    archives = []
    for number in range(4):
        contact = cast.make_contact(f"Customer {number}", f"3461234560{number}")
        conversation = cast.conversation_with(contact, channel)
        cast.inbound(conversation, f"Message {number}")
        archives.append(archive_conversation(conversation=conversation, by=sofia, at=at))
    assert verify_archives() == []
    return archives


TAMPERING = {
    "a word of the transcript": (
        "UPDATE inbox_archive SET transcript = "
        "jsonb_set(transcript, '{messages,0,text}', '\"Other\"') WHERE id = %s"
    ),
    "the time": "UPDATE inbox_archive SET archived_at = archived_at - interval '1 day'"
    " WHERE id = %s",
    "the person": "UPDATE inbox_archive SET archived_by_id ="
    " (SELECT id FROM accounts_user WHERE role = 'agent' LIMIT 1) WHERE id = %s",
    "the digest": "UPDATE inbox_archive SET digest = repeat('0', 64) WHERE id = %s",
    "the link": "UPDATE inbox_archive SET previous_digest = repeat('0', 64) WHERE id = %s",
    "the row": "DELETE FROM inbox_archive WHERE id = %s",
    "the whole shape": "UPDATE inbox_archive SET transcript = '{}' WHERE id = %s",
}


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize("what", TAMPERING)
def test_a_change_made_in_psql_is_noticed(
    what: str, place: int, channel: Any, ana: User, sofia: User, at: datetime
) -> None:
    archives = make_chain(channel, sofia, at)
    with connection.cursor() as cursor:
        cursor.execute(TAMPERING[what], [archives[place].pk])
        assert cursor.rowcount == 1
    broken = verify_archives()
    assert archives[place].conversation_id in {one.conversation_id for one in broken}
    with pytest.raises(CommandError, match="not as they were written"):
        call_command("verify_archives")


def test_a_change_that_recomputes_its_own_digest_is_noticed(
    channel: Any, sofia: User, at: datetime
) -> None:
    archive = make_chain(channel, sofia, at)[-1]
    archive.transcript["messages"][0]["text"] = "Other"
    archive.digest = compute_digest(archive.previous_digest, archive.transcript)
    archive.save()
    assert [one.conversation_id for one in verify_archives()] == [archive.conversation_id]


def test_the_account_of_whoever_archived_may_go(channel: Any, sofia: User, at: datetime) -> None:
    make_chain(channel, sofia, at)
    sofia.delete()
    assert verify_archives() == []


def test_restored_it_is_closed_and_can_be_archived_again(
    told: Conversation, sofia: User, at: datetime, capsys: Any
) -> None:
    first = archive_conversation(conversation=told, by=sofia, at=at)
    restore_conversation(conversation=told, by=sofia, at=at + timedelta(hours=1))
    told.refresh_from_db()
    first.refresh_from_db()
    assert told.status == Conversation.Status.CLOSED
    assert (first.restored_by, first.restored_at) == (sofia, at + timedelta(hours=1))
    second = archive_conversation(conversation=told, by=sofia, at=at + timedelta(hours=2))
    assert second.previous_digest == first.digest
    call_command("verify_archives")
    assert capsys.readouterr().out.startswith("2 archives are as they were")


def test_agents_neither_archive_nor_restore(
    told: Conversation, ana: User, sofia: User, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        archive_conversation(conversation=told, by=ana, at=at)
    archive_conversation(conversation=told, by=sofia, at=at)
    with pytest.raises(NotPermitted):
        restore_conversation(conversation=told, by=ana, at=at)
    with pytest.raises(WrongStatus):
        archive_conversation(conversation=told, by=sofia, at=at)


def test_archived_words_are_found_by_those_who_may_see_them(
    told: Conversation, ana: User, cleo: User, sofia: User, at: datetime
) -> None:
    assert not search_messages(user=ana, words="pedido", archived=True).messages
    archive_conversation(conversation=told, by=sofia, at=at)
    found = search_messages(user=ana, words="esta PEDIDO", archived=True).messages
    assert [message.conversation_id for message in found] == [told.pk]
    assert not search_messages(user=cleo, words="pedido", archived=True).messages


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=6,
)


@given(payload=st.dictionaries(st.sampled_from("abc"), JSON))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_a_provider_sent_the_digest_holds_after_a_round_trip(
    payload: dict[str, Any], conversation: Conversation, sofia: User, at: datetime, inbound: Any
) -> None:
    Message.objects.all().delete()
    inbound(conversation, payload=payload)
    archive_conversation(conversation=conversation, by=sofia, at=at)
    assert verify_archives() == []
    restore_conversation(conversation=conversation, by=sofia, at=at)


@pytest.mark.django_db(transaction=True)
def test_archives_made_at_once_stand_in_one_chain(
    conversation_with: Callable[..., Conversation], sofia: User, at: datetime
) -> None:
    rows = [
        conversation_with(cast.make_contact(f"Customer {n}", f"3461234560{n}")) for n in range(4)
    ]
    together = threading.Barrier(len(rows))

    def archive(conversation: Conversation) -> None:
        try:
            together.wait(timeout=10)
            archive_conversation(conversation=conversation, by=sofia, at=at)
        finally:
            connection.close()

    threads = [threading.Thread(target=archive, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Archive.objects.count() == 4
    assert verify_archives() == []
