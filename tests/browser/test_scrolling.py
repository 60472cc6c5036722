"""Where a thread stands while it is read, grows and is answered, in real Chromium."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from inbox.models import Conversation
from tests import cast
from tests.browser.conftest import OpenPage
from tests.browser.test_inbox import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def thread(page: Page) -> Locator:
    """The list beside it shows a message's words too."""
    return page.locator("thread-scroll")


def test_a_long_thread_is_read_upwards_without_a_jump(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    for number in range(130):
        cast.outbound(
            conversation, f"Message {number}", ana, at=cast.AT + timedelta(minutes=number)
        )
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    last = thread(page).get_by_text("Message 129", exact=True)
    expect(last).to_be_in_viewport()
    for shown in ("Message 70", "Message 40", "Message 10", "Message 0"):
        page.locator("thread-scroll").evaluate("thread => thread.scrollTop = 0")
        expect(thread(page).get_by_text(shown, exact=True)).to_be_attached()
    expect(thread(page).get_by_text("Message 0", exact=True)).not_to_be_in_viewport()
    message = write(conversation, "While you read above")
    expect(page.locator("#newest")).to_contain_text("1 new")
    expect(page.locator(f"#message-{message.pk}")).not_to_be_in_viewport()
    page.locator("#newest").click()
    expect(page.locator(f"#message-{message.pk}")).to_be_in_viewport()


def test_who_answers_far_above_the_end_sees_the_answer(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    began = timezone.now() - timedelta(hours=3)
    for number in range(130):
        at = began + timedelta(minutes=number)
        cast.inbound(conversation, f"Message {number}", at=at, created_at=at)
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    expect(thread(page).get_by_text("Message 0", exact=True)).to_be_in_viewport()
    page.locator("#composer-text").fill("I read all of it")
    page.locator("#composer-text").press("Enter")
    answer = page.locator(".message[data-message]", has_text="I read all of it")
    expect(answer).to_be_in_viewport()
    expect(thread(page).get_by_text("Message 129", exact=True)).to_be_in_viewport()
    expect(page.locator("#composer-text")).to_be_focused()
    expect(page.locator("#newest")).to_be_hidden()
    page.locator("thread-scroll").evaluate("thread => thread.scrollTop = 0")
    expect(thread(page).get_by_text("Message 80", exact=True)).to_be_attached()


def test_a_way_up_is_not_undone_by_what_grows_at_the_same_moment(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    for number in range(28):
        cast.outbound(
            conversation, f"Message {number}", ana, at=cast.AT + timedelta(minutes=number)
        )
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    expect(thread(page).get_by_text("Message 27", exact=True)).to_be_in_viewport()
    page.locator("thread-scroll").evaluate(
        """thread => {
            thread.scrollTop = 0;
            const last = thread.querySelector(".thread__items").lastElementChild;
            last.style.paddingBlockEnd = "300px";
        }"""
    )
    expect(thread(page).get_by_text("Message 0", exact=True)).to_be_in_viewport()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
    expect(thread(page).get_by_text("Message 0", exact=True)).to_be_in_viewport()
