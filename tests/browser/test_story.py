"""The whole main job, in browsers, over real HTTP and sockets.

A customer writes, everybody who may see it sees it, a bot greets and hands over, an agent
answers, the window counts down and closes, a template reopens it, a supervisor reassigns and
archives, an administrator looks after it in the admin. Cleo, of another team, sees none of it.

SASH_PICTURES=docs/images writes the pictures of docs/walk.md.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import PATIENCE, Open, new_page, shoot
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

NUMBER = "106540352242922"
CUSTOMER = "Elena Ruiz"


def row(page: Page) -> Any:
    return page.locator("#rows .entry", has_text=CUSTOMER)


def bubble(page: Page, text: str) -> Any:
    return page.locator(".thread__items .message", has_text=text)


def write(page: Page, text: str) -> None:
    page.locator("#composer-text").fill(text)
    page.keyboard.press("Enter")


def test_the_main_job_from_the_first_message_to_the_archive(
    stack: Stack, chromium: Browser, sign_in: Open, complaints: list[str]
) -> None:
    customer = plant_customer(stack)
    ana, ben, cleo, sofia = map(sign_in, ("ana", "ben", "cleo", "sofia"))
    phone = new_page(chromium, complaints, viewport={"width": 420, "height": 860})
    phone.goto(f"{stack.phone}/phone/?customer={customer}&number={NUMBER}")

    # A customer writes, and everybody who may see it sees it at once.
    say(phone, "Hola, mi pedido no ha llegado 😕")
    for page in (ana, ben, sofia):
        expect(row(page)).to_be_visible(timeout=PATIENCE)
    shoot(ana, "1-a-customer-writes")

    # A bot greets with quick replies; the customer asks for a person; it hands over.
    tap(phone, "Talk to a person")
    expect(row(ana)).to_contain_text("unassigned")
    row(ana).locator(".entry__link").click()
    expect(ana.locator("#conversation")).to_have_count(1)
    expect(ana.locator(".thread__items .message--note").first).to_be_visible()
    shoot(ana, "2-the-bot-hands-over")

    # An agent takes it and answers; the ticks turn as the phone receives and reads.
    ana.locator("#take").click()
    expect(row(ben)).to_contain_text("Ana")
    write(ana, "Hola Elena, soy Ana. Lo miro ahora mismo.")
    expect(phone.get_by_text("soy Ana")).to_be_visible()
    expect(bubble(ana, "soy Ana").locator(".tick--read")).to_be_visible()
    shoot(ana, "3-an-agent-answers")
    shoot(phone, "3-the-phone")

    # The window closes in front of her: the composer becomes the template picker by itself.
    close_window_in(stack, seconds=12)
    ana.locator("#composer-text").fill("Ya sale hoy por la tarde.")
    expect(ana.locator(".composer--closed")).to_be_visible(timeout=40_000)
    expect(ana.locator(".composer__kept")).to_contain_text("Your draft is kept")
    shoot(ana, "4-the-window-has-closed")

    # A template goes out, the customer answers, and the window opens again, live.
    send_template(ana)
    expect(ana.locator(".message--template .tick--read")).to_be_visible()
    say(phone, "Gracias, la espero")
    expect(ana.locator(".composer--open")).to_be_visible()
    expect(ana.locator("#composer-text")).to_have_value("Ya sale hoy por la tarde.")
    shoot(ana, "5-open-again")

    # A supervisor gives it to Ben, who sees it as his at once.
    row(sofia).locator(".entry__link").click()
    assign(sofia, "Ben")
    expect(row(ben)).to_contain_text("Ben")
    ben.goto(f"{stack.address}/inbox/mine/")
    expect(row(ben)).to_be_visible()
    shoot(sofia, "6-a-supervisor-reassigns")

    # Ben closes it; the supervisor archives it.
    row(ben).locator(".entry__link").click()
    ben.locator("#close").click()
    expect(row(ben)).to_have_count(0)
    archive(sofia)
    sofia.goto(f"{stack.address}/inbox/archived/")
    expect(row(sofia)).to_be_visible()
    shoot(sofia, "7-archived")

    # Nothing of it ever reached another team's browser.
    expect(row(cleo)).to_have_count(0)
    assert not complaints, "\n".join(complaints)
    assert sent_once(stack, customer)


def test_an_administrator_runs_it_from_the_admin(
    stack: Stack, sign_in: Open, complaints: list[str]
) -> None:
    omar = sign_in("omar")
    omar.goto(f"{stack.address}/admin/")
    expect(omar.get_by_text("Quarantine").first).to_be_visible()
    shoot(omar, "8-the-admin")
    omar.goto(f"{stack.address}/admin/inbox/conversation/?q=Elena")
    expect(omar.locator("#result_list")).to_be_visible()
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("name", "width"), [("9-dark", 1440), ("9-on-a-phone", 390)])
def test_it_is_the_same_inbox_at_night_and_on_a_phone(
    stack: Stack, sign_in: Open, complaints: list[str], name: str, width: int
) -> None:
    ana = sign_in("ana")
    ana.emulate_media(color_scheme="dark" if width > 1000 else "light")
    ana.set_viewport_size({"width": width, "height": 844})
    ana.goto(f"{stack.address}/inbox/mine/")
    ana.locator("#rows .entry", has_text="Marina").locator(".entry__link").click()
    expect(ana.locator(".thread__items .message").last).to_be_visible()
    shoot(ana, name)
    assert not complaints, "\n".join(complaints)


def plant_customer(stack: Stack) -> str:
    stack.simulate("POST", "customers", customers=[{"name": CUSTOMER, "phone": "+34611222333"}])
    people = stack.simulate("GET", "customers")["customers"]
    return next(str(person["id"]) for person in people if person["name"] == CUSTOMER)


def say(phone: Page, text: str) -> None:
    phone.locator("textarea, input[type=text]").last.fill(text)
    phone.keyboard.press("Enter")


def tap(phone: Page, title: str) -> None:
    phone.get_by_role("button", name=title).last.click()


def close_window_in(stack: Stack, seconds: int) -> None:
    """A day passes: no message can shorten a window that is open longer, so the rows are aged."""
    stack.manage("shell", "-c", AGE.format(seconds=seconds, name=CUSTOMER))


AGE = """
from datetime import timedelta
from django.utils import timezone
from inbox.actions import pushes
from inbox.models import Conversation, SessionWindow
from django.db import transaction
row = Conversation.objects.get(contact__profile_name="{name}")
closes = timezone.now() + timedelta(seconds={seconds})
with transaction.atomic():
    SessionWindow.objects.filter(contact=row.contact, channel=row.channel).update(closes_at=closes)
    row.window_closes_at = closes
    row.save(update_fields=["window_closes_at"])
    pushes.window_changed(row)
    pushes.conversation_changed(row)
"""


def send_template(page: Page) -> None:
    page.locator("#picker-words").fill("order")
    page.locator(".picker__card", has_text="order").first.click()
    expect(page.locator("#picker-detail")).to_contain_text("order number")
    for empty in page.locator(".picker__fields input").all():
        if not empty.input_value():
            empty.fill("860198")
    expect(page.locator("#picker-preview")).to_contain_text("860198")
    page.get_by_role("button", name="Send template").click()


def assign(page: Page, name: str) -> None:
    page.locator("#assign").click()
    page.locator("#dialog .choice--person", has_text=name).first.click()
    page.locator("#dialog").get_by_role("button", name="Assign").click()


def archive(page: Page) -> None:
    page.locator("#more").click()
    page.locator("#more-menu").get_by_role("button", name="Archive").click()


def sent_once(stack: Stack, customer: str) -> bool:
    """Each of our messages reached the platform exactly once."""
    calls = stack.simulate("GET", f"ledger?call=messages&customer={customer}")
    marks = [call["opaque"] for call in calls["calls"] if call["opaque"]]
    return len(marks) == len(set(marks)) > 0
