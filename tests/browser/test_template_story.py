"""A template's life in browsers: written, submitted, rejected, approved, sent, paused.

Sofia writes it, Meta (the simulator) decides, her page follows by itself, and Ana finds it in the
picker of a conversation whose window is closed.

SASH_PICTURES=docs/images writes the pictures of docs/templates.md.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Open, shoot
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
NAME = "parcel_waits"


def test_a_template_from_the_first_word_to_the_customer(
    stack: Stack, sign_in: Open, complaints: list[str]
) -> None:
    ana, sofia = sign_in("ana"), sign_in("sofia")
    open_closed_conversation(ana)

    # Sofia writes; limits stand beside their fields, the phone shows it as she types.
    sofia.get_by_role("link", name="Templates").click()
    sofia.get_by_role("link", name="New template").click()
    sofia.locator("#template-name").fill(NAME)
    sofia.locator("#template-body").fill("{{first_name}}, your parcel waits in the shop.")
    expect(sofia.locator("#error-body")).to_contain_text("cannot stand at the start")
    sofia.locator("#template-body").fill("Hello {{first_name}}, your parcel waits in the shop.")
    expect(sofia.locator("#error-body")).to_be_empty()
    sofia.locator("#example-body-first-name").fill("Pablo")
    expect(sofia.locator("#template-preview")).to_contain_text("Hello Pablo, your parcel waits")
    sofia.get_by_role("button", name="Quick reply").click()
    sofia.get_by_placeholder("Text of the button").fill("I come today")
    expect(sofia.locator("#template-preview")).to_contain_text("I come today")
    shoot(sofia, "templates-editor")

    # Enter in a field sends nothing and adds nothing.
    sofia.locator("#template-name").press("Enter")
    expect(sofia.locator(".editor__button")).to_have_count(1)

    # Submitted, and rejected with a reason; the page of the list follows by itself.
    sofia.get_by_role("button", name="Submit for review").click()
    expect(sofia.locator("#template-status-chip")).to_have_text("Pending")
    address = sofia.url
    sofia.goto(f"{stack.address}/templates/?q={NAME}")
    expect(family(sofia)).to_contain_text("Pending")
    decide(stack, status="REJECTED", reason="INVALID_FORMAT")
    expect(family(sofia)).to_contain_text("Rejected")
    expect(family(sofia)).to_contain_text("Variables or special characters")
    expect(card(ana)).to_have_count(0)

    # Edited, submitted again and approved: Ana's picker has it without a reload.
    sofia.goto(address)
    sofia.locator("#template-footer").fill("Aurora")
    sofia.get_by_role("button", name="Submit the change").click()
    expect(sofia.locator("#template-status-chip")).to_have_text("Pending")
    decide(stack, status="APPROVED")
    expect(card(ana)).to_be_visible()
    card(ana).click()
    expect(ana.locator("#picker-preview")).to_contain_text("your parcel waits in the shop")
    ana.get_by_role("button", name="Send template").click()
    expect(ana.locator(".message--template .tick--read").last).to_be_visible()

    # Her editor follows by itself; what she has written stays.
    expect(sofia.locator("#template-status-chip")).to_have_text("Approved")
    expect(sofia.locator("#template-footer")).to_have_value("Aurora")

    # Paused: the picker lets it go at once, and says until when on Sofia's page.
    decide(stack, status="PAUSED")
    expect(sofia.locator("#template-status-chip")).to_have_text("Paused")
    sofia.goto(f"{stack.address}/templates/")
    expect(family(sofia)).to_contain_text("Paused")
    shoot(sofia, "templates-list")
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("name", "width", "scheme"), [
    ("templates-dark", 1440, "dark"), ("templates-phone", 390, "light"),
])  # fmt: skip
def test_the_pages_of_templates_at_night_and_on_a_phone(
    stack: Stack, sign_in: Open, complaints: list[str], name: str, width: int, scheme: Any
) -> None:
    sofia = sign_in("sofia")
    sofia.emulate_media(color_scheme=scheme)
    sofia.set_viewport_size({"width": width, "height": 844})
    sofia.goto(f"{stack.address}/templates/")
    expect(sofia.locator(".family").first).to_be_visible()
    shoot(sofia, f"{name}-list")
    sofia.locator(".family__language").first.click()
    expect(sofia.locator(".phone-bubble")).to_be_visible()
    shoot(sofia, f"{name}-editor")
    assert sofia.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not complaints, "\n".join(complaints)


def open_closed_conversation(page: Page) -> None:
    """One whose window is closed, in the demo's inbox."""
    rows = page.locator("#rows .entry", has_text=re.compile("template only"))
    rows.first.locator(".entry__link").click()
    expect(page.locator(".composer--closed")).to_be_visible()


def card(page: Page) -> Any:
    return page.locator(".picker__card", has_text=NAME)


def family(page: Page) -> Any:
    return page.locator(".family", has_text=NAME)


def decide(stack: Stack, **values: str) -> None:
    """Meta's decision, as the simulator's control page makes it."""
    rows = stack.simulate("GET", "state")["templates"]
    found = next(row for row in rows if row["name"] == NAME)
    stack.simulate("PATCH", f"templates/{found['id']}", **values)
