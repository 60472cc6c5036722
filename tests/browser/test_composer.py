"""Writing in real browsers: at once on the page, once at the customer, and never lost."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Locator, Page, expect

from accounts.models import Team, User, Waba
from inbox.models import CannedReply, Conversation, Draft, Message
from templates_app.models import MessageTemplate
from tests import cast
from tests.browser.conftest import OpenPage, go_offline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = cast.png()


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


def text_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message", exact=True)


def sent() -> list[str]:
    rows = Message.objects.filter(direction="out").order_by("pk")
    return list(rows.values_list("text", flat=True))


def test_a_reply_is_drawn_at_once_and_is_one_bubble_for_everybody(
    page: Page, open_page: OpenPage, ben: User, talk: Conversation
) -> None:
    other = open_page(ben, f"/inbox/all/{talk.pk}/")
    text_of(page).fill("On its <b>way</b>, *today*")
    page.keyboard.press("Enter")
    expect(page.locator(".message--out")).to_have_count(1)
    expect(text_of(page)).to_have_value("")
    expect(text_of(page)).to_be_focused()
    expect(page.locator(".message--pending")).to_have_count(0)
    for each in (page, other):
        expect(each.locator(".message--out")).to_have_count(1)
        expect(each.locator(".message--out .bubble__text")).to_have_text(
            "On its <b>way</b>, today"
        )
    assert sent() == ["On its <b>way</b>, *today*"]


def test_the_bubble_is_there_before_the_server_answers(page: Page) -> None:
    page.route("**/messages/", lambda route: None)  # never answers
    text_of(page).fill("<img src=x onerror='window.__xss = 1'>")
    page.keyboard.press("Enter")
    pending = page.locator(".message--pending")
    expect(pending.locator(".bubble__text")).to_have_text("<img src=x onerror='window.__xss = 1'>")
    assert page.evaluate("window.__xss") is None


def test_shift_enter_breaks_the_line_and_a_double_click_sends_once(page: Page) -> None:
    text_of(page).fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.locator(".message--out:not(.message--pending)")).to_have_count(1)
    assert sent() == ["one\ntwo"]


def test_who_prefers_it_breaks_lines_with_enter(
    open_page: OpenPage, ana: User, talk: Conversation
) -> None:
    ana.enter_sends = False
    ana.save()
    page = open_page(ana, f"/inbox/all/{talk.pk}/")
    text_of(page).fill("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(text_of(page)).to_have_value("one\ntwo")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message--out:not(.message--pending)")).to_have_count(1)
    assert sent() == ["one\ntwo"]


def test_without_a_line_messages_wait_and_go_once_in_their_order(page: Page) -> None:
    go_offline(page)
    for text in ("first", "second"):
        text_of(page).fill(text)
        page.keyboard.press("Enter")
    expect(page.locator(".message--pending")).to_have_count(2)
    expect(page.locator(".message--pending").first).to_contain_text("waits for the connection")
    assert sent() == []
    page.context.set_offline(False)
    expect(page.locator(".message--out:not(.message--pending)")).to_have_count(2)
    expect(page.locator(".message--pending")).to_have_count(0)
    assert sent() == ["first", "second"]


def test_a_message_that_waits_survives_a_reload(page: Page) -> None:
    page.route("**/messages/", lambda route: route.abort("internetdisconnected"))
    text_of(page).fill("still here")
    page.keyboard.press("Enter")
    expect(page.locator(".message--pending")).to_contain_text("waits for the connection")
    page.unroute("**/messages/")
    page.reload()
    expect(page.locator(".message--out:not(.message--pending)")).to_have_count(1)
    assert sent() == ["still here"]


def test_a_draft_is_there_after_a_reload_and_in_another_browser(
    page: Page, open_page: OpenPage, ana: User, talk: Conversation
) -> None:
    text_of(page).fill("Dear Diego,")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()
    expect(text_of(page)).to_have_value("Dear Diego,")
    expect(text_of(open_page(ana, f"/inbox/all/{talk.pk}/"))).to_have_value("Dear Diego,")
    assert Draft.objects.get(user=ana).text == "Dear Diego,"


def test_too_long_a_text_stays_and_says_so(page: Page) -> None:
    text_of(page).fill("x" * 4100)
    expect(page.get_by_text("4 too many")).to_be_visible()
    page.keyboard.press("Enter")
    assert len(text_of(page).input_value()) == 4100
    text_of(page).fill("x" * 4000)
    expect(page.get_by_text("4000 / 4096")).to_be_visible()
    assert sent() == []


def test_a_window_that_closes_meanwhile_gives_the_picker_and_keeps_the_text(
    page: Page, talk: Conversation, waba: Waba, ana: User
) -> None:
    MessageTemplate.objects.create(
        waba=waba,
        name="answer_ready",
        language="en_US",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hello {{1}}, about {{2}}: an answer is ready."}],
    )
    Conversation.objects.update(window_closes_at=timezone.now() - timedelta(minutes=1))
    text_of(page).fill("We found your parcel")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Only an approved template can reach")).to_be_visible()
    page.get_by_text("Your draft is kept").click()
    expect(page.locator(".composer__kept p")).to_have_text("We found your parcel")
    expect(page.locator(".phone-bubble")).to_contain_text("Hello Diego, about {{2}}")
    page.get_by_label("Body 2").fill("your parcel")
    expect(page.locator(".phone-bubble")).to_contain_text("Hello Diego, about your parcel")
    page.get_by_role("button", name="Send template").click()
    expect(page.locator(".message--template")).to_contain_text("about your parcel")
    assert sent() == ["Hello Diego, about your parcel: an answer is ready."]
    assert Draft.objects.get(user=ana).text == "We found your parcel"


def test_completions_are_chosen_by_keyboard(
    page: Page, support: Team, ben: User, talk: Conversation
) -> None:
    CannedReply.objects.create(shortcut="hours", title="Hours", text="Hi {{first_name}}, 9 to 18.")
    CannedReply.objects.create(shortcut="hello", title="Hello", text="<i>Hello</i>", team=support)
    text_of(page).press_sequentially("/h")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(text_of(page)).to_have_value("Hi Diego, 9 to 18.")
    text_of(page).fill("")
    text_of(page).press_sequentially("{{agent_f")
    page.keyboard.press("Tab")
    expect(text_of(page)).to_have_value("{{agent_first_name}}")
    page.keyboard.press("Enter")
    expect(page.locator(".message--out:not(.message--pending)")).to_contain_text("Ana")
    page.locator(".composer__mode", has_text="Note").click()
    text_of(page).press_sequentially("See @be")
    expect(page.get_by_role("option", name=re.compile("Ben Carter"))).to_be_visible()
    page.keyboard.press("Enter")
    text_of(page).press_sequentially("please")
    page.keyboard.press("Enter")
    expect(page.locator(".message--note:not(.message--pending)")).to_contain_text(
        "See @Ben Carter please"
    )
    assert Message.objects.get(direction="note").mentions.get().user == ben
    assert sent() == ["Ana"]


def test_files_are_checked_shown_and_sent_in_their_order(page: Page) -> None:
    files: list[FilePayload] = [
        {"name": "a.png", "mimeType": "image/png", "buffer": PNG},
        {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"},
        {"name": "c.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
    ]
    page.locator("[data-attach]").set_input_files(files)
    expect(page.locator(".attachment")).to_have_count(3)
    expect(page.get_by_text("WhatsApp does not take this type of file.")).to_be_visible()
    text_of(page).fill("The picture")
    page.keyboard.press("Enter")
    expect(page.locator(".message--out:not(.message--pending)")).to_have_count(2)
    expect(page.locator(".attachment")).to_have_count(1)
    rows = Message.objects.filter(direction="out").order_by("pk")
    assert [(row.kind, row.text) for row in rows] == [("image", "The picture"), ("document", "")]


def test_a_picture_is_pasted(page: Page) -> None:
    text_of(page).focus()
    page.evaluate(
        """(content) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([bytes], "shot.png", { type: "image/png" }));
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true });
            document.activeElement.dispatchEvent(event);
        }""",
        base64.b64encode(PNG).decode(),
    )
    expect(page.locator(".attachment")).to_contain_text("shot.png")
    page.keyboard.press("Enter")
    expect(page.locator(".message--image:not(.message--pending)")).to_have_count(1)


def test_a_voice_note_is_recorded_heard_and_sent(page: Page) -> None:
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.locator("[data-time]")).to_have_text("0:02")
    page.get_by_role("button", name="Stop and listen").click()
    expect(page.locator("[data-recording] audio")).to_be_visible()
    page.locator("[data-send-voice]").click()
    expect(page.locator("voice-player")).to_have_count(1)
    note = Message.objects.get(direction="out").attachments.get()
    assert (note.is_voice, note.mime_type) == (True, "audio/ogg; codecs=opus")
    assert note.duration is not None
    assert 1 < note.duration < 6


def test_buttons_are_built_with_a_preview_and_an_error_beside_the_field(page: Page) -> None:
    page.get_by_label("More to send").click()
    page.get_by_role("button", name="Buttons, list or link").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Text").fill("Which day?")
    dialog.get_by_label("Button 1").fill("Monday")
    dialog.get_by_label("Button 2").fill("A title that is too long")
    expect(dialog.locator(".phone-bubble")).to_contain_text("Monday")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.get_by_text("At most 20 characters")).to_be_visible()
    expect(dialog.get_by_label("Button 2")).to_be_focused()
    dialog.get_by_label("Button 2").fill("Tuesday")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message--interactive")).to_contain_text("Tuesday")
    expect(dialog).to_be_hidden()


def test_a_quote_goes_along_and_can_be_dropped(page: Page, talk: Conversation) -> None:
    asked = talk.messages.get(direction="in")
    detail = {"message": str(asked.pk), "author": "Diego", "text": "Where is it?"}
    script = "(detail) => document.body.dispatchEvent(new CustomEvent('sash:quote', { detail }))"
    page.evaluate(script, detail)
    expect(page.locator("[data-quote-text]").first).to_have_text("Diego: Where is it?")
    page.get_by_role("button", name="Do not quote").click()
    page.evaluate(script, detail)
    text_of(page).fill("Here")
    page.keyboard.press("Enter")
    expect(page.locator(".message--out:not(.message--pending) .quote")).to_have_count(1)
    assert Message.objects.get(direction="out").quoted == asked


def test_an_emoji_is_found_by_its_name(page: Page) -> None:
    page.get_by_role("button", name="Emoji").click()
    page.get_by_role("searchbox", name="Search emoji").fill("pizza")
    page.keyboard.press("Enter")
    expect(text_of(page)).to_have_value("🍕")


def test_keys_lead_to_reply_note_and_template(page: Page) -> None:
    page.locator("thread-scroll").focus()
    page.keyboard.press("n")
    expect(text_of(page)).to_be_focused()
    expect(page.get_by_role("button", name="Add note")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("thread-scroll").focus()
    page.keyboard.press("t")
    expect(page.locator(".picker")).to_be_visible()
    page.locator("thread-scroll").focus()
    page.keyboard.press("r")
    expect(text_of(page)).to_be_focused()


def test_after_a_reply_escape_gives_the_keys_back(page: Page) -> None:
    text_of(page).fill("Done")
    page.keyboard.press("Enter")
    expect(page.locator(".message--out", has_text="Done")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#sheet")).to_be_visible()
    expect(text_of(page)).to_have_value("")
