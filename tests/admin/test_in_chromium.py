"""The admin in a real browser: nothing is refused by its content policy, in light and dark."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from bots.models import Flow
from inbox.models import QuarantinedEvent
from tests import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "",
    "inbox/conversation/",
    "inbox/message/",
    "inbox/quarantinedevent/",
    "bots/flow/",
    "bots/flow/add/",
    "accounts/phonenumber/",
    "accounts/channel/add/",
    "accounts/invitation/add/",
    "core/auditevent/",
]


@pytest.fixture(params=["light", "dark"])
def page(
    request: pytest.FixtureRequest,
    live_server: LiveServer,
    transactional_db: None,
    chromium: Browser,
) -> Iterator[Page]:
    """Omar's browser, signed in; `page.complaints` holds what it complained about."""
    omar = cast.make_user("Omar Haddad", User.Role.ADMINISTRATOR)
    visitor = Client()
    visitor.force_login(omar)
    cookie = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(color_scheme=request.param)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda said: complaints.append(said.text))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.complaints = complaints  # type: ignore[attr-defined]
    yield made
    context.close()


def test_no_page_breaks_the_content_policy(page: Page, live_server: LiveServer) -> None:
    support = cast.make_team("Support")
    channel = cast.make_channel(cast.make_number(cast.make_waba(cast.make_app())), support)
    chat = cast.conversation_with(cast.make_contact("Diego", "34612345678"), channel)
    cast.inbound(chat, "<img src=x onerror=console.log('hacked')>")
    flow = Flow.objects.create(name="Welcome", trigger="welcome", text="Hello")
    flow.buttons.create(title="Prices")
    details = [
        f"bots/flow/{flow.pk}/change/",
        f"inbox/message/{chat.messages.get().pk}/change/",
    ]
    for path in [*PAGES, *details]:
        page.goto(f"{live_server.url}/admin/{path}")
        page.wait_for_function("window.Alpine !== undefined")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_quarantine_is_discarded_by_one_click(page: Page, live_server: LiveServer) -> None:
    event = QuarantinedEvent.objects.create(reason="unknown", content="{}")
    page.goto(f"{live_server.url}/admin/inbox/quarantinedevent/")
    page.get_by_role("button", name="Discard").click()
    page.get_by_text("Discarded. It stays readable here.").wait_for()
    event.refresh_from_db()
    assert event.discarded_at is not None


def test_enter_in_a_form_saves_it_and_presses_no_button(
    page: Page, live_server: LiveServer
) -> None:
    app = cast.make_app()
    app.previous_app_secret = "kept"
    app.save()
    page.goto(f"{live_server.url}/admin/accounts/whatsappapp/{app.pk}/change/")
    page.get_by_label("Name").fill("Renamed")
    page.get_by_label("Name").press("Enter")
    page.get_by_text("was changed successfully").wait_for()
    app.refresh_from_db()
    assert (app.name, app.previous_app_secret) == ("Renamed", "kept")
