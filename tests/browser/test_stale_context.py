"""A reply that was written blind, in real browsers: stopped, shown why, sent anyway or edited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from inbox.actions import pushes
from inbox.actions.messages import send_message
from inbox.models import Conversation, Message
from tests import cast
from tests.browser.conftest import OpenPage, go_offline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def talk(conversation: Conversation, ana: User) -> Conversation:
    """Diego wrote an hour ago; Ana has the conversation."""
    conversation.assignee = ana
    cast.inbound(conversation, "Where is it?", at=timezone.now() - timedelta(hours=1))
    return conversation


@pytest.fixture
def page(open_page: OpenPage, ana: User, talk: Conversation) -> Page:
    """Ana looks at the conversation, and her page is connected."""
    page = open_page(ana, f"/inbox/all/{talk.pk}/")
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    return page


def diego_writes(talk: Conversation, text: str) -> Message:
    with transaction.atomic():
        talk.refresh_from_db()
        message = cast.inbound(talk, text, at=timezone.now())
        pushes.message_changed(message)
    return message


def reply(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def notice(page: Page) -> Locator:
    return page.locator(".composer unseen-notice")


def sent() -> list[str]:
    rows = Message.objects.filter(direction="out").order_by("pk")
    return list(rows.values_list("text", flat=True))


def reply_blind(page: Page, talk: Conversation, ben: User, *texts: str) -> None:
    """Ana's line is down; Diego writes, Ben answers him, Ana answers too and comes back."""
    go_offline(page)
    diego_writes(talk, "I found it, <b>thank you</b>")
    send_message(conversation=talk, author=ben, text="You are welcome", at=timezone.now())
    for text in texts:
        reply(page, text)
        expect(page.locator(".message--pending").last).to_contain_text(text)
    page.context.set_offline(False)
    expect(notice(page)).to_be_visible(timeout=20_000)


def test_a_blind_reply_is_stopped_and_goes_when_told(
    page: Page, talk: Conversation, ben: User
) -> None:
    reply_blind(page, talk, ben, "It left yesterday")
    expect(notice(page)).to_contain_text("2 messages came that this page had not shown")
    bubbles = notice(page).locator(".bubble__text")
    expect(bubbles).to_have_text(["I found it, <b>thank you</b>", "You are welcome"])
    expect(page.locator(".message--pending")).to_contain_text("not sent yet")
    thread = page.locator(".thread__items > .message:not(.message--pending) .bubble__text")
    expect(thread).to_have_text(
        ["Where is it?", "I found it, <b>thank you</b>", "You are welcome"]
    )
    assert sent() == ["You are welcome"]

    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".message--pending")).to_have_count(0)
    expect(notice(page)).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    assert sent() == ["You are welcome", "It left yesterday"]


def test_a_blind_reply_comes_back_to_be_edited(page: Page, talk: Conversation, ben: User) -> None:
    reply_blind(page, talk, ben, "It left yesterday")
    page.get_by_role("button", name="Edit").click()
    text = page.get_by_role("textbox", name="Message", exact=True)
    expect(text).to_have_value("It left yesterday")
    expect(text).to_be_focused()
    expect(page.locator(".message--pending")).to_have_count(0)
    assert sent() == ["You are welcome"]
    reply(page, "Glad that you have it")
    expect(page.locator(".message--out:not(.message--pending)")).to_have_count(2)
    expect(notice(page)).to_have_count(0)
    assert sent() == ["You are welcome", "Glad that you have it"]


def test_several_blind_replies_wait_together_and_go_in_their_order(
    page: Page, talk: Conversation, ben: User
) -> None:
    reply_blind(page, talk, ben, "One", "Two")
    expect(page.locator(".message--pending")).to_contain_text(["not sent yet"] * 2)
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".message--pending")).to_have_count(0)
    assert sent() == ["You are welcome", "One", "Two"]


def test_a_note_goes_while_a_reply_waits_and_is_not_mixed_into_it(
    page: Page, talk: Conversation, ben: User
) -> None:
    reply_blind(page, talk, ben, "One")
    page.get_by_text("Note", exact=True).click()
    text = page.get_by_role("textbox", name="Message", exact=True)
    text.fill("Ben was quicker")
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_text("Finish your note first")).to_be_visible()
    expect(text).to_have_value("Ben was quicker")
    page.keyboard.press("Enter")
    expect(page.locator(".message--note:not(.message--pending)")).to_have_count(1)
    page.get_by_role("button", name="Edit").click()
    expect(text).to_have_value("One")
    assert sent() == ["You are welcome"]


def test_a_stopped_reply_survives_a_reload_and_asks_again(
    page: Page, talk: Conversation, ben: User
) -> None:
    reply_blind(page, talk, ben, "Still here")
    page.reload()
    expect(notice(page)).to_be_visible()
    assert sent() == ["You are welcome"]
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".message--pending")).to_have_count(0)
    assert sent() == ["You are welcome", "Still here"]


def test_whoever_sees_what_comes_is_never_asked(page: Page, talk: Conversation) -> None:
    for number in range(1, 6):
        diego_writes(talk, f"Question {number}")
        expect(page.locator(".message--in")).to_have_count(number + 1)
        reply(page, f"First {number}")
        reply(page, f"Second {number}")
        expect(page.locator(".message--out:not(.message--pending)")).to_have_count(number * 2)
    expect(notice(page)).to_have_count(0)
    assert len(sent()) == 10


def test_her_other_tab_is_a_colleague(page: Page, open_page: OpenPage, ana: User) -> None:
    other = open_page(ana, page.url)
    go_offline(page)
    reply(other, "From the other tab")
    expect(other.locator(".message--out:not(.message--pending)")).to_have_count(1)
    reply(page, "Twice")
    expect(page.locator(".message--pending")).to_have_count(1)
    page.context.set_offline(False)
    expect(notice(page)).to_contain_text("From the other tab", timeout=20_000)
    assert sent() == ["From the other tab"]


def test_a_picture_written_blind_comes_back_into_the_tray(page: Page, talk: Conversation) -> None:
    go_offline(page)
    diego_writes(talk, "Never mind")
    page.locator("[data-attach]").set_input_files(
        {"name": "map.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    reply(page, "The way there")
    page.context.set_offline(False)
    expect(notice(page)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Edit").click()
    expect(page.locator(".attachment")).to_contain_text("map.pdf")
    expect(page.locator(".message--pending")).to_have_count(0)
    assert sent() == []


def test_a_dialog_says_what_came_and_goes_at_the_second_send(
    page: Page, talk: Conversation
) -> None:
    page.get_by_label("More to send").click()
    page.get_by_role("button", name="Location…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Latitude").fill("1.5")
    dialog.get_by_label("Longitude").fill("2.5")
    page.route("**/ws/**", lambda route: route.abort())
    with transaction.atomic():  # and no push tells of it
        talk.refresh_from_db()
        cast.inbound(talk, "I am at the other door", at=timezone.now())
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.locator("unseen-notice")).to_contain_text("I am at the other door")
    assert sent() == []
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message--location")).to_have_count(1)
    assert len(sent()) == 1


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_in_the_notice(
    open_page: OpenPage, ana: User, ben: User, talk: Conversation, width: int, scheme: str
) -> None:
    page = open_page(ana, f"/inbox/all/{talk.pk}/", width=width, scheme=scheme, is_examined=True)
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    reply_blind(page, talk, ben, "It left yesterday")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Shift+Tab")
    box = page.locator(".composer").bounding_box()
    assert box is not None
    assert box["y"] > 0, "the composer leaves room for the thread"
