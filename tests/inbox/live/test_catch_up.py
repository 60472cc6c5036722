"""What a page missed while it was away, also from writers that commit late and out of order."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django.test import Client

from accounts.models import Team, User
from inbox.models import Contact, Conversation
from inbox.queries.changes import TOO_MANY, read_cursor
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
CURSOR = re.compile(r'data-since="(\d+)"')


def writer(
    conversation: Conversation, text: str, begun: threading.Event, may_commit: threading.Event
) -> threading.Thread:
    """Somebody whose transaction lasts: it writes, says so, and commits when told."""

    def write() -> None:
        try:
            with transaction.atomic():
                cast.inbound(Conversation.objects.get(pk=conversation.pk), text)
                begun.set()
                may_commit.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def ask(client: Client, url: str, since: int, **more: str) -> tuple[str, int]:
    """The answer and the next cursor."""
    page = client.get(url, {"since": str(since), **more}).content.decode()
    found = CURSOR.search(page)
    assert found is not None
    return page, int(found[1])


def test_two_slow_writers_are_both_seen_whoever_commits_first(
    client: Client,
    ana: User,
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    marina: Contact,
) -> None:
    """The first to begin commits last: a page that kept the highest number would miss it."""
    client.force_login(ana)
    first, second = conversation_with(diego), conversation_with(marina)
    begun, commits = [threading.Event() for _ in "ab"], [threading.Event() for _ in "ab"]
    since = read_cursor()
    threads = [
        writer(first, "Begun first", begun[0], commits[0]),
        writer(second, "Committed first", begun[1], commits[1]),
    ]
    assert all(event.wait(10) for event in begun)
    commits[1].set()
    threads[1].join(10)
    page, cursor = ask(client, "/inbox/all/changes/", since)
    assert "Committed first" in page
    assert "Begun first" not in page
    commits[0].set()
    threads[0].join(10)
    page, _ = ask(client, "/inbox/all/changes/", cursor)
    assert "Begun first" in page


def test_an_open_thread_gets_what_is_new_and_what_changed(
    client: Client, ana: User, conversation: Conversation
) -> None:
    client.force_login(ana)
    old = cast.inbound(conversation, "Before")
    reply = cast.outbound(conversation, "Our answer", ana)
    url = f"/conversations/{conversation.pk}/changes/"
    _, cursor = ask(client, url, read_cursor())
    reply.status, reply.rank = "read", 7
    reply.save()
    new = cast.inbound(conversation, "After")
    page, _ = ask(client, url, cursor)
    assert f'id="message-{new.pk}"' in page
    assert f'id="message-{reply.pk}"' in page
    assert "tick--read" in page
    assert f'id="message-{old.pk}"' not in page


def test_rows_that_moved_away_are_taken_off(
    client: Client, ana: User, sales: Team, conversation: Conversation
) -> None:
    client.force_login(ana)
    cursor = read_cursor()
    Conversation.objects.filter(pk=conversation.pk).update(team=sales)
    page, _ = ask(client, "/inbox/all/changes/", cursor, known=str(conversation.pk))
    assert f'<li id="conversation-{conversation.pk}-row" data-in="" data-gone>' in page
    assert "Diego" not in page


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 17, "9" * 40, "0"])
def test_a_cursor_from_elsewhere_asks_for_the_whole_page(
    since: str, client: Client, ana: User, conversation_with: Callable[..., Conversation]
) -> None:
    client.force_login(ana)
    for number in range(TOO_MANY + 1 if since == "0" else 1):
        conversation_with(cast.make_contact("Somebody", f"4477000{number:05d}"))
    answer = client.get("/inbox/all/changes/", {"since": since})
    assert answer.status_code == 205
    assert answer["HX-Refresh"] == "true"


def test_somebody_elses_thread_is_not_there(
    client: Client, cleo: User, conversation: Conversation
) -> None:
    client.force_login(cleo)
    answer = client.get(f"/conversations/{conversation.pk}/changes/", {"since": "1"})
    assert answer.status_code == 404


def test_the_number_of_a_row_never_falls(
    conversation_with: Callable[..., Conversation], diego: Contact, marina: Contact
) -> None:
    """Who began first writes last: by its own number the newer row would look like the older."""
    elsewhere, row = conversation_with(diego), conversation_with(marina)
    begun, may_go_on = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                cast.inbound(elsewhere, "Begun")
                begun.set()
                may_go_on.wait(10)
                Conversation.objects.filter(pk=row.pk).update(preview="Written last")
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(10)
    Conversation.objects.filter(pk=row.pk).update(preview="Written first")
    row.refresh_from_db()
    before = row.seq
    may_go_on.set()
    thread.join(10)

    row.refresh_from_db()
    assert row.preview == "Written last"
    assert row.seq >= before
