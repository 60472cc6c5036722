"""The inbox in real browsers: what somebody does is seen by the others, without a reload."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Route, expect

from accounts.models import Team, User
from inbox.actions import pushes
from inbox.actions.assignments import assign_conversation
from inbox.models import Contact, Conversation, Label, Message
from tests import cast
from tests.browser.conftest import OpenPage, go_offline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(conversation: Conversation, text: str) -> Message:
    """The customer writes now, as the intake would push it."""
    with transaction.atomic():
        message = cast.inbound(conversation, text, at=timezone.now())
        pushes.message_changed(message)
    return message


CHANGES = re.compile(r"/inbox/\w+/changes/")
CATCH_UP = """() => document.body.dispatchEvent(
    new CustomEvent("sash:catch-up", { detail: { within: 0 } }))"""


def hold_changes(page: Page) -> list[Route]:
    """Ask for what the list missed: the requests, each waiting for its answer."""
    held: list[Route] = []
    page.route(CHANGES, lambda route: held.append(route))
    ask_for_changes(page)
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(20)
    return held


def ask_for_changes(page: Page) -> None:
    with page.expect_request(CHANGES):
        page.evaluate(CATCH_UP)


def row(page: Page, conversation: Conversation) -> str:
    return f"#conversation-{conversation.pk}-row"


def test_a_message_appears_in_every_open_browser_once(
    open_page: OpenPage, ana: User, ben: User, conversation: Conversation
) -> None:
    path = f"/inbox/all/{conversation.pk}/"
    pages = [open_page(ana, path), open_page(ben, path), open_page(ben, "/inbox/all/")]
    for page in pages:
        expect(page.locator(":root:not([data-offline])")).to_be_attached()
    message = write(conversation, "Where is my parcel?")
    for page in pages[:2]:
        expect(page.locator(f"#message-{message.pk}")).to_contain_text("Where is my parcel?")
    for page in pages:
        expect(page.locator(row(page, conversation))).to_contain_text("Where is my parcel?")
    write(conversation, "And my second one?")
    for page in pages[:2]:
        expect(page.locator(".message")).to_have_count(2)
    expect(pages[2].locator(f"{row(pages[2], conversation)} .entry__unread")).to_have_text("")


def test_rows_rise_to_the_top_and_enter_and_leave_lists_by_themselves(
    open_page: OpenPage,
    ana: User,
    ben: User,
    sofia: User,
    diego: Contact,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> None:
    first = conversation_with(diego, assignee=ana)
    second = conversation_with(marina, at=cast.AT - timedelta(hours=1))
    page = open_page(ana, "/inbox/all/")
    mine = open_page(ana, "/inbox/mine/")
    expect(mine.locator("#rows > .entry")).to_have_count(1)
    write(second, "I write last")
    expect(page.locator("#rows > .entry").first).to_contain_text("I write last")
    assign_conversation(conversation=second, by=sofia, user=ana, at=timezone.now())
    expect(mine.locator(row(mine, second))).to_be_visible()
    expect(mine.locator('[data-view="mine"] [data-count]')).to_have_text("2")
    assign_conversation(conversation=first, by=sofia, user=ben, at=timezone.now())
    expect(mine.locator(row(mine, first))).to_have_count(0)


def test_rows_of_the_same_second_stand_as_the_server_lists_them(
    open_page: OpenPage,
    ana: User,
    diego: Contact,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> None:
    """Meta tells whole seconds: whoever is equal stands by number, in whatever order they came."""
    older, newer = conversation_with(diego), conversation_with(marina)
    page = open_page(ana)
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    at = timezone.now().replace(microsecond=0)
    for talk in (older, newer):
        with transaction.atomic():
            pushes.message_changed(cast.inbound(talk, "At the same moment", at=at))
        expect(page.locator(row(page, talk))).to_contain_text("At the same moment")

    shown = page.locator("#rows > .entry")
    expect(shown.nth(0)).to_have_attribute("data-conversation", str(newer.pk))
    expect(shown.nth(1)).to_have_attribute("data-conversation", str(older.pk))


def test_an_answer_that_a_push_overtook_changes_nothing(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    """What a page asked for was read before the customer wrote again, and comes after that."""
    first = write(conversation, "Before")
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    page.wait_for_load_state("networkidle")  # each line has asked once, as it opened
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/changes/**", lambda route: late.append((route, route.fetch())))
    Message.objects.filter(pk=first.pk).update(text="Edited once")
    Conversation.objects.filter(pk=conversation.pk).update(preview="Edited once")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    for _ in range(250):
        if len(late) == 2:
            break
        page.wait_for_timeout(20)
    assert len(late) == 2

    with transaction.atomic():
        Message.objects.filter(pk=first.pk).update(text="Edited twice")
        Conversation.objects.filter(pk=conversation.pk).update(preview="Edited twice")
        pushes.message_changed(first)
    expect(page.locator(row(page, conversation))).to_contain_text("Edited twice")
    expect(page.locator(f"#message-{first.pk}")).to_contain_text("Edited twice")
    with page.expect_response("**/conversations/*/changes/**"):
        for route, answer in late:
            route.fulfill(response=answer)
    last = write(conversation, "And after")

    expect(page.locator(f"#message-{last.pk}")).to_contain_text("And after")
    expect(page.locator(f"#message-{first.pk}")).to_contain_text("Edited twice")


def test_losing_the_team_empties_the_open_page(
    open_page: OpenPage, ana: User, sofia: User, sales: Team, conversation: Conversation
) -> None:
    write(conversation, "A secret of Support")
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    expect(page.locator(".message")).to_have_count(1)
    assign_conversation(conversation=conversation, by=sofia, team=sales, at=timezone.now())
    expect(page.locator(row(page, conversation))).to_have_count(0)
    expect(page.get_by_text("A secret of Support")).to_have_count(0)
    expect(page.get_by_text("no longer yours to see")).to_be_visible()


def test_a_row_that_is_replaced_while_it_opens_still_opens_in_place(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    cast.inbound(conversation, "Hello", at=timezone.now())
    page = open_page(ana)
    answers: list[Route] = []
    page.route(f"**/conversations/{conversation.pk}/", lambda route: answers.append(route))
    with page.expect_request(f"**/conversations/{conversation.pk}/"):
        page.locator(f"{row(page, conversation)} .entry__link").click()
    write(conversation, "And one more")
    expect(page.locator(row(page, conversation))).to_contain_text("And one more")
    answers[0].continue_()
    expect(page.locator(".composer")).to_be_visible()
    expect(page.locator("#conversation")).to_have_count(1)


def test_after_a_lost_line_the_page_catches_up(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    page.clock.install()
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    go_offline(page)
    page.clock.fast_forward(6000)
    expect(page.locator("#offline")).to_be_visible()
    missed = cast.inbound(conversation, "Written while you were away", at=timezone.now())
    page.context.set_offline(False)
    expect(page.locator(f"#message-{missed.pk}")).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()


def test_what_a_list_missed_may_come_after_the_list_was_left(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    page = open_page(ana)
    answers = hold_changes(page)
    page.get_by_role("link", name="Unassigned").first.click()
    expect(page).to_have_url(re.compile("/inbox/unassigned/"))
    answers.pop().continue_()  # into a page that has another list: no error in the console
    page.unroute(CHANGES)
    missed = cast.inbound(conversation, "Written meanwhile", at=timezone.now())
    ask_for_changes(page)
    expect(page.locator(row(page, conversation))).to_contain_text(missed.text)


def test_a_question_that_hangs_does_not_hold_up_the_next_one(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    page = open_page(ana)
    hold_changes(page)  # a question that hangs
    missed = cast.inbound(conversation, "Written meanwhile", at=timezone.now())
    page.unroute(CHANGES)
    page.evaluate(CATCH_UP)
    expect(page.locator(row(page, conversation))).to_contain_text(missed.text)


def test_when_the_window_closes_the_composer_becomes_the_picker_by_itself(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    closes = timezone.now() + timedelta(seconds=4)
    write(conversation, "Hello")
    Conversation.objects.filter(pk=conversation.pk).update(window_closes_at=closes)
    cast.SessionWindow.objects.update(closes_at=closes)
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    composer = page.locator(".composer")
    expect(composer).to_have_attribute("data-state", "open")
    expect(page.locator(".head window-chip")).to_have_attribute("state", "urgent")
    expect(composer).to_have_attribute("data-state", "closed", timeout=10_000)
    expect(page.locator(".head window-chip")).to_contain_text("closed")


def test_what_closes_soon_by_the_clock_alone_comes_into_the_open_list(
    open_page: OpenPage,
    ana: User,
    diego: Contact,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> None:
    near, far = conversation_with(diego), conversation_with(marina)
    write(near, "Hello")
    page = open_page(ana, "/inbox/closing/")
    expect(page.locator("#rows > .entry")).to_have_count(0)
    soon = timezone.now() + timedelta(hours=3, minutes=59)
    Conversation.objects.filter(pk=near.pk).update(window_closes_at=soon)
    write(far, "Something that makes the server count")
    expect(page.locator(row(page, near))).to_be_visible()
    expect(page.locator("#rows > .entry")).to_have_count(1)


def test_close_and_next_can_be_undone(
    open_page: OpenPage,
    ana: User,
    diego: Contact,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> None:
    first = conversation_with(diego)
    second = conversation_with(marina, at=cast.AT - timedelta(hours=1))
    page = open_page(ana, f"/inbox/all/{first.pk}/")
    page.locator("body").press("e")
    expect(page.locator(row(page, first))).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/inbox/all/{second.pk}/$"))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(row(page, first))).to_be_visible()
    first.refresh_from_db()
    assert first.status == Conversation.Status.OPEN


def test_everything_by_keyboard(
    open_page: OpenPage,
    ana: User,
    ben: User,
    diego: Contact,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> None:
    Label.objects.create(name="refund")
    conversation_with(diego)
    other = conversation_with(marina)
    cast.inbound(other, at=timezone.now() - timedelta(hours=1))
    page = open_page(ana, "/inbox/all/?sort=deadline")
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#conversation")).to_have_attribute("data-conversation", str(other.pk))
    page.keyboard.press("y")
    expect(page.locator("#assign")).to_contain_text("You")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Assign or transfer")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.locator("#dialog").get_by_text("refund").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(row(page, other))).to_contain_text("refund")
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("r")
    page.keyboard.type("jek")
    expect(page.locator("#composer-text")).to_have_value("jek")
    page.keyboard.press("Escape")
    page.locator("body").focus()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile("/inbox/mine/$"))
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("Snoo")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/inbox/snoozed/$"))


def test_a_supervisor_closes_many_at_once(
    open_page: OpenPage, sofia: User, conversation_with: Callable[..., Conversation]
) -> None:
    for number in range(3):
        conversation_with(cast.make_contact(f"Customer {number}", f"4477000{number:05d}"))
    page = open_page(sofia, "/inbox/all/")
    page.get_by_role("button", name="Select").click()
    assign = page.locator("#selection").get_by_role("button", name="Assign")
    expect(assign).to_be_disabled()
    page.locator("[data-tick]").first.check()
    # The row itself is as good as its box, and does not open meanwhile.
    page.locator("#rows .entry__link").nth(1).click()
    expect(page.locator("[data-tick]:checked")).to_have_count(2)
    expect(assign).to_be_enabled()
    expect(page.locator(".thread")).to_have_count(0)
    page.locator("#selection").get_by_role("button", name="Close").click()
    expect(page.locator("#rows > .entry")).to_have_count(1)
    expect(page.get_by_text("2 conversations changed.")).to_be_visible()


def test_on_a_phone_there_is_one_pane_at_a_time(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    page = open_page(ana, "/inbox/all/", width=390, height=844)
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#conversation")).to_be_hidden()
    page.locator(f"{row(page, conversation)} a").click()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator(".thread")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#list")).to_be_visible()
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="Snoozed")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_axe_finds_nothing(
    scheme: str,
    width: int,
    open_page: OpenPage,
    ana: User,
    ben: User,
    conversation: Conversation,
) -> None:
    label = Label.objects.create(name="vip", colour="purple")
    conversation.labels.add(label)
    first = cast.inbound(conversation, "Hello *Ana*, see https://example.com", at=timezone.now())
    cast.outbound(conversation, "Answer", ana, quoted=first, status="read", at=timezone.now())
    failed = cast.outbound(conversation, "Lost", ana, status="failed", at=timezone.now())
    Message.objects.filter(pk=failed.pk).update(error_code=131026)
    cast.outbound(conversation, "From the bot", author_kind="bot", at=timezone.now())
    cast.note(conversation, "A note", ben, at=timezone.now())
    page = open_page(
        ana, f"/inbox/all/{conversation.pk}/", width=width, scheme=scheme, is_examined=True
    )
    expect(page.locator(".message")).to_have_count(5)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.keyboard.press("?")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_who_looks_and_who_writes_is_seen_by_the_others(
    open_page: OpenPage, ana: User, ben: User, conversation: Conversation
) -> None:
    cast.inbound(conversation, at=timezone.now())
    path = f"/inbox/all/{conversation.pk}/"
    seen = open_page(ana, path)
    expect(seen.locator(".composer")).to_be_visible()
    writes = open_page(ben, path)
    expect(seen.locator("#viewers")).to_contain_text("Ben is viewing")
    expect(writes.locator("#viewers")).to_contain_text("Ana is viewing")
    writes.locator("#composer-text").press_sequentially("Hello")
    expect(seen.locator("#viewers")).to_contain_text("Ben is typing")
    expect(seen.locator(row(seen, conversation))).to_contain_text("Ben is typing")
    writes.goto("/inbox/mine/")
    expect(seen.locator("#viewers")).to_be_empty(timeout=10_000)


def test_a_hidden_tab_counts_what_came_in_its_title(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    page = open_page(ana, "/inbox/all/")
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    page.evaluate(
        """() => {
            window.isAway = true;
            Object.defineProperty(document, "hidden", { get: () => window.isAway });
        }"""
    )
    write(conversation, "Are you there?")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title(re.compile("^All open"))


def test_reactions_quotes_and_links_from_the_bubble(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    message = cast.inbound(conversation, "Quote me", at=timezone.now())
    page = open_page(ana, f"/inbox/all/{conversation.pk}/")
    bubble = page.locator(f"#message-{message.pk}")
    bubble.hover()
    bubble.get_by_role("button", name="Reply to this message").click()
    expect(page.locator("[data-quote-text]")).to_contain_text("Quote me")
    bubble.hover()
    bubble.locator("summary").click()
    bubble.get_by_role("button", name="👍").click()
    expect(bubble.locator(".reaction")).to_have_text("👍")
