"""A template's page beside the hub: what changes while it asks is asked for again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User, Waba
from templates_app.models import MessageTemplate
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHANGED = """() => document.body.dispatchEvent(new CustomEvent("sash:templates"))"""


def test_a_change_that_comes_while_the_page_asks_is_shown_too(
    open_page: OpenPage, sofia: User, waba: Waba
) -> None:
    row = MessageTemplate.objects.create(
        waba=waba, name="hello", language="en_US", category="UTILITY", status="PENDING",
        components=[{"type": "BODY", "text": "Hello"}],
    )  # fmt: skip
    path = f"/templates/{row.pk}/"
    page = open_page(sofia, path)
    chip = page.locator("#template-status-chip")
    expect(chip).to_have_text("Pending")
    page.wait_for_load_state("networkidle")
    held: list[Route] = []

    def hold_two(route: Route) -> None:
        held.append(route) if len(held) < 2 else route.continue_()

    page.route(f"**{path}", hold_two)
    page.evaluate(CHANGED)
    for _ in range(100):
        if len(held) >= 2:  # the chip and the notices
            break
        page.wait_for_timeout(20)
    stale = [(route, route.fetch()) for route in held]
    MessageTemplate.objects.filter(pk=row.pk).update(status="APPROVED")
    page.evaluate(CHANGED)
    for route, answer in stale:
        route.fulfill(response=answer)
    expect(chip).to_have_text("Approved")
