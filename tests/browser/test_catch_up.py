"""Whatever a page missed, and however: it ends with the thread and the list of the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from accounts.models import User
from inbox.actions import pushes
from inbox.actions.assignments import assign_conversation
from inbox.actions.conversations import set_priority
from inbox.actions.messages import send_message
from inbox.actions.notes import write_note
from inbox.models import Contact, Conversation, Message
from inbox.queries.threads import read_thread
from tests import cast
from tests.browser.conftest import OpenPage, go_offline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THREAD = "[...document.querySelectorAll('.thread__items > [data-at]:not(.new-line)')]"
ROWS = "[...document.querySelectorAll('#rows > .entry')]"
# A page whose clock was put forward counts the minutes from there.
WORDS = """(item) => {
    const copy = item.cloneNode(true);
    const times = copy.querySelectorAll("relative-time, local-time, window-chip");
    for (const time of times) time.remove();
    return item.id + " " + copy.textContent.replace(/\\s+/g, " ").trim();
}"""
Away = Callable[[Page], None]


@pytest.fixture
def talks(conversation_with: Callable[..., Conversation], diego: Contact) -> list[Conversation]:
    """Four open conversations, Diego's among them, in which customers wrote this morning."""
    people = [diego, *(cast.make_contact(f"Person {n}", f"3519000000{n}") for n in range(3))]
    talks = [conversation_with(person) for person in people]
    for minutes, talk in enumerate(talks, start=200):
        cast.inbound(talk, f"Hello {talk.pk}", at=timezone.now() - timedelta(minutes=minutes))
    return talks


@pytest.fixture
def page(open_page: OpenPage, ana: User, talks: list[Conversation]) -> Page:
    page = open_page(ana, f"/inbox/all/{talks[0].pk}/")
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    expect(page.locator("#rows > .entry")).to_have_count(4)
    return page


def customer_writes(talk: Conversation, text: str, ago: timedelta, *, push: bool = True) -> None:
    with transaction.atomic():
        talk.refresh_from_db()
        message = cast.inbound(talk, text, at=timezone.now() - ago)
        if push:
            pushes.message_changed(message)


def a_lot_happens(talks: list[Conversation], ana: User, ben: User, ago: timedelta) -> None:
    """Messages, a note, ticks, slim lines; rows that rise, that leave and that come."""
    open_one, rising, leaving, quiet = talks
    begun, now = timezone.now() - ago, timezone.now()
    customer_writes(open_one, "First question", ago)
    answer = send_message(conversation=open_one, author=ben, text="First answer", at=begun)
    customer_writes(open_one, "Second question", ago / 2)
    write_note(conversation=open_one, author=ben, text="She is in a hurry", at=now)
    set_priority(conversation=open_one, priority=Conversation.Priority.HIGH, by=ben, at=now)
    with transaction.atomic():
        Message.objects.filter(pk=answer.pk).update(status="delivered", rank=6, delivered_at=now)
        pushes.message_changed(Message.objects.get(pk=answer.pk))
    customer_writes(rising, "Me too", ago / 3)
    customer_writes(quiet, "And me", ago / 4)
    outside = cast.make_team("Elsewhere")
    assign_conversation(conversation=leaving, team=outside, by=None, at=now)


def for_a_second(page: Page) -> None:
    go_offline(page)


def with_its_clock(seconds: int) -> Away:
    def go(page: Page) -> None:
        page.clock.install()
        go_offline(page)
        page.clock.fast_forward(seconds * 1000)

    return go


def asleep(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    go_offline(page)


def back(page: Page) -> None:
    page.context.set_offline(False)
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "active"})


def ends_as_in_the_database(page: Page, other: Page, talk: Conversation) -> None:
    """Order and words, compared with a page that has just been opened."""
    items = read_thread(conversation=talk).items
    ids = [f"{'message' if isinstance(item, Message) else 'event'}-{item.pk}" for item in items]
    ends_with(page, f"{THREAD}.map((item) => item.id)", ids)
    # Whoever has just opened the conversation reads it, and says so in a moment.
    expect(other.locator(".entry--unread[aria-current=true]")).to_have_count(0)
    for what in (THREAD, ROWS):
        words = f"{what}.map({WORDS})"
        ends_with(page, words, other.evaluate(words))


def ends_with(page: Page, script: str, wanted: list[str]) -> None:
    """Within half a minute, since a lost push is looked for every fifteen seconds."""
    with suppress(PlaywrightTimeout):
        page.wait_for_function(
            f"(wanted) => JSON.stringify({script}) === wanted",
            arg=json.dumps(wanted, ensure_ascii=False, separators=(",", ":")),
            timeout=30_000,
        )
    assert page.evaluate(script) == wanted


@pytest.mark.parametrize(
    ("go", "ago"),
    [
        (for_a_second, timedelta(seconds=1)),
        (with_its_clock(60), timedelta(seconds=60)),
        (with_its_clock(3600), timedelta(hours=1)),
        (asleep, timedelta(minutes=30)),
    ],
    ids=["1 s", "60 s", "1 h", "asleep"],
)
def test_after_an_absence_it_is_all_there(
    go: Away,
    ago: timedelta,
    page: Page,
    open_page: OpenPage,
    talks: list[Conversation],
    ana: User,
    ben: User,
) -> None:
    go(page)
    a_lot_happens(talks, ana, ben, ago)
    back(page)
    fresh = open_page(ana, page.url)
    expect(fresh.locator("#rows > .entry")).to_have_count(3)
    ends_as_in_the_database(page, fresh, talks[0])


def test_two_open_tabs_of_which_one_was_away_end_alike(
    page: Page, open_page: OpenPage, talks: list[Conversation], ana: User, ben: User
) -> None:
    other = open_page(ana, page.url)
    expect(other.locator(":root:not([data-offline])")).to_be_attached()
    go_offline(page)
    a_lot_happens(talks, ana, ben, timedelta(seconds=5))
    back(page)
    fresh = open_page(ana, page.url)
    for each in (page, other):
        ends_as_in_the_database(each, fresh, talks[0])


def test_more_than_is_worth_catching_up_is_a_page_anew_at_the_first_unread(
    page: Page, talks: list[Conversation]
) -> None:
    expect(page.locator("#rows > .entry--unread")).to_have_count(3)
    go_offline(page)
    for number in range(230):
        cast.inbound(talks[0], f"Line {number}", at=timezone.now())
    back(page)
    expect(page.locator(".new-line + .message")).to_contain_text("Line 0", timeout=30_000)
    page.locator("#newest").click()
    expect(page.locator(f"#message-{Message.objects.latest('pk').pk}")).to_be_in_viewport()


def test_a_last_message_whose_push_is_lost_comes_all_the_same(
    page: Page, open_page: OpenPage, talks: list[Conversation], ana: User
) -> None:
    customer_writes(talks[0], "The push of this one was lost", timedelta(0), push=False)
    customer_writes(talks[2], "And of this one", timedelta(0), push=False)
    fresh = open_page(ana, page.url)
    ends_as_in_the_database(page, fresh, talks[0])
