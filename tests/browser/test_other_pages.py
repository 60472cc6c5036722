"""Contacts, search, archive, people's own pages and the composer's dialogs: nothing for axe."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User, Waba
from inbox.actions.archives import archive_conversation
from inbox.models import Contact, Conversation
from templates_app.models import MessageTemplate
from tests import cast
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FACES = [(1440, "light"), (1440, "dark"), (390, "light")]


def refuse_faults(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(row["id"], row["nodes"][0]["html"][:120]) for row in found] == []


@pytest.fixture
def archived(conversation: Conversation, sofia: User) -> Conversation:
    cast.inbound(conversation, "Where is my invoice?")
    archive_conversation(conversation=conversation, by=sofia, at=timezone.now())
    return conversation


@pytest.mark.parametrize(("width", "scheme"), FACES)
def test_every_page_is_free_of_faults(
    open_page: OpenPage,
    sofia: User,
    archived: Conversation,
    diego: Contact,
    width: int,
    scheme: str,
) -> None:
    page = open_page(sofia, "/contacts/", width=width, scheme=scheme, is_examined=True)
    for path in (
        "/contacts/",
        f"/contacts/{diego.pk}/",
        "/contacts/import/",
        "/search/?q=invoice",
        "/archive/",
        f"/archive/{archived.pk}/",
        "/account/preferences/",
        "/account/password/change/",
        "/account/2fa/",
        "/account/sessions/",
    ):
        page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        refuse_faults(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_before_the_door_are_free_of_faults(
    chromium: Browser, server: str, transactional_db: None, scheme: str
) -> None:
    context = chromium.new_context(base_url=server, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    for path in ("/account/login/", "/account/password/reset/", "/account/invitations/none/"):
        page.goto(path)
        refuse_faults(page)
    context.close()


@pytest.mark.parametrize(("width", "scheme"), FACES)
def test_the_composer_and_its_dialogs_are_free_of_faults(
    open_page: OpenPage,
    ana: User,
    conversation: Conversation,
    waba: Waba,
    width: int,
    scheme: str,
) -> None:
    MessageTemplate.objects.create(
        waba=waba,
        name="hello",
        language="en_US",
        category="MARKETING",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hello {{1}}, about {{2}}: news."}],
    )
    cast.inbound(conversation, "Hi", at=timezone.now() - timedelta(hours=1))
    path = f"/inbox/all/{conversation.pk}/"
    page = open_page(ana, path, width=width, scheme=scheme, is_examined=True)
    composer = page.locator(".composer")
    for mode in ("Note", "Template", "Reply"):
        composer.locator(".composer__mode", has_text=mode).click()
        if mode == "Template":
            expect(page.locator(".phone-bubble")).to_be_visible()
        refuse_in(page, ".composer")
    for name in ("Buttons, list or link", "Location", "Contact card"):
        page.get_by_label("More to send").click()
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        refuse_in(page, "#dialog")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()


def refuse_in(page: Page, part: str) -> None:
    """Only this part of the page; the rest has its own test."""
    found = Axe().run(page, context=part).response["violations"]
    assert [(row["id"], row["nodes"][0]["html"][:120]) for row in found] == []


def test_an_import_is_mapped_looked_at_and_taken(open_page: OpenPage, sofia: User) -> None:
    page = open_page(sofia, "/contacts/import/")
    table = "Who,Line\nEva Ruiz,+34 600 111 222\n<b>Max</b>,+34 600 111 333\nNobody,12\n"
    page.get_by_label("CSV file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    expect(page.get_by_text("Choose the column")).to_be_visible()
    page.get_by_label("Phone number").select_option("Line")
    expect(page.get_by_text("1 cannot be taken")).to_be_visible()
    page.get_by_label("Name", exact=True).select_option("Who")
    expect(page.get_by_role("cell", name="<b>Max</b>")).to_be_visible()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    assert Contact.objects.get(name="Eva Ruiz").identities.get().key == "34600111222"
    assert Contact.objects.filter(name="<b>Max</b>").exists()


def test_a_new_conversation_begins_in_the_dialog(
    open_page: OpenPage, ana: User, conversation: Conversation
) -> None:
    page = open_page(ana, "/contacts/")
    page.get_by_role("link", name="New conversation").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Phone number").press_sequentially("+34 612 345 678")
    expect(dialog.get_by_text("is a contact already")).to_be_visible()
    dialog.get_by_label("Phone number").fill("+49 1512 3456789")
    dialog.get_by_role("button", name="Choose a template").click()
    expect(page.get_by_text("Only an approved template can begin.")).to_be_visible()
