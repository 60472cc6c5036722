"""Browsers over a whole Sash: signed in by hand, with every complaint of a page noted."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

PATIENCE = 20_000
# A question whose place the next one took.
TAKEN_BACK = ("htmx:sendAbort", "htmx:afterRequest")
expect.set_options(timeout=PATIENCE)
Open = Callable[[str], Page]


def new_page(chromium: Browser, complaints: list[str], **options: Any) -> Page:
    context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda said: note(said, complaints))
    page.on("pageerror", lambda error: complaints.append(f"{error}\n{error.stack}"))
    return page


def note(
    said: ConsoleMessage, complaints: list[str], expected: Iterable[str] = TAKEN_BACK
) -> None:
    """Errors, but for those that are expected."""
    if said.type == "error" and not any(words in said.text for words in expected):
        complaints.append(f"{said.text} {said.location.get('url', '')}")


def shoot(page: Page, name: str) -> None:
    """A picture for the documentation, where they are wanted."""
    if folder := os.environ.get("SASH_PICTURES"):
        page.wait_for_timeout(400)  # fonts and transitions come to rest
        page.screenshot(path=Path(folder) / f"{name}.png")
