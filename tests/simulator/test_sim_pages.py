"""The phone and the control page in a real Chromium: a customer writes, taps, reads, goes away."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.simulator.simulated import BRAZIL, MARINA

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
EVIL = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"


class Platform:
    """A simulator in its own process, and what the business does there."""

    def __init__(self, base: str) -> None:
        self.base = base

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer t"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def send(self, kind: str, content: Any) -> str:
        body = {"messaging_product": "whatsapp", "to": MARINA, "type": kind, kind: content}
        return str(self.ask("POST", f"/{BRAZIL}/messages", body)["messages"][0]["id"])

    def last(self) -> Any:
        """The newest message of Marina's conversation."""
        found = self.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
        return found["messages"][-1]


@pytest.fixture
def platform() -> Iterator[Platform]:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", "--access-token", "t"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    found = Platform(process.stdout.readline().split()[-1])
    quick = {"sent_ms": 1, "delivered_ms": 1, "read_ms": 1, "window_refusal": "never"}
    found.ask("PATCH", "/_sim/settings", quick)
    yield found
    process.kill()
    process.wait()


@pytest.fixture
def phone(chromium: Browser, platform: Platform) -> Iterator[Page]:
    """Marina's phone, with the conversation with Lucky Shrub open; no script may fail."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{platform.base}/phone/?customer=marina&number={BRAZIL}")
    expect(page.locator("#lines")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_what_is_written_on_the_phone_reaches_the_platform(
    phone: Page, platform: Platform
) -> None:
    write(phone, "Olá! Tem *Echeveria*?")
    expect(phone.locator(".row.own .text")).to_have_text("Olá! Tem Echeveria?")
    expect(phone.locator(".row.own strong")).to_have_text("Echeveria")
    assert platform.last()["drawn"] == {"text": "Olá! Tem *Echeveria*?"}


def test_an_answer_appears_by_itself(phone: Page, platform: Platform) -> None:
    platform.send("text", {"body": "Temos sim"})
    expect(phone.locator(".row.theirs .text")).to_have_text("Temos sim")


def test_hostile_text_stays_text(phone: Page, platform: Platform) -> None:
    write(phone, EVIL)
    platform.send("text", {"body": EVIL})
    platform.ask("PATCH", "/_sim/customers/marina", {"name": EVIL})
    expect(phone.locator(".row .text")).to_have_text([EVIL, EVIL])
    phone.goto(f"{platform.base}/control/")
    expect(phone.locator("#customers")).to_contain_text("onerror")
    assert phone.title() == "Control · WhatsApp simulator"


def test_a_reply_button_is_tapped(phone: Page, platform: Platform) -> None:
    buttons = [{"type": "reply", "reply": {"id": "y", "title": "Sim"}}]
    content = {"type": "button", "body": {"text": "Ok?"}, "action": {"buttons": buttons}}
    platform.send("interactive", content)
    with phone.expect_response("**/messages"):
        phone.get_by_role("button", name="Sim").click()
    assert platform.last()["kind"] == "interactive"
    expect(phone.locator(".row.own .quote")).to_contain_text("Ok?")


def test_a_row_of_a_list_is_chosen(phone: Page, platform: Platform) -> None:
    rows = [{"id": "a", "title": "Motoboy", "description": "Hoje"}]
    action = {"button": "Opções", "sections": [{"title": "Entrega", "rows": rows}]}
    platform.send("interactive", {"type": "list", "body": {"text": "Como?"}, "action": action})
    phone.get_by_role("button", name="Opções").click()
    with phone.expect_response("**/messages"):
        phone.get_by_role("button", name="Motoboy").click()
    expect(phone.locator(".row.own .text")).to_have_text("Motoboy")


def test_a_templates_quick_reply_is_tapped(phone: Page, platform: Platform) -> None:
    values = [{"type": "text", "text": "Marina"}, {"type": "text", "text": "o pedido"}]
    content = {"name": "continuar_conversa", "language": {"code": "pt_BR"}}
    platform.send("template", {**content, "components": [{"type": "body", "parameters": values}]})
    with phone.expect_response("**/messages"):
        phone.get_by_role("button", name="Sim, vamos").click()
    assert platform.last()["kind"] == "button"


def test_a_file_a_place_and_a_contact_are_sent(phone: Page, platform: Platform) -> None:
    phone.get_by_role("button", name="Send something else").click()
    with phone.expect_file_chooser() as chooser:
        phone.get_by_role("button", name="Document").click()
    chooser.value.set_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(phone.locator(".row.own .file")).to_contain_text("a.pdf")
    phone.get_by_role("button", name="Send something else").click()
    phone.get_by_role("button", name="Location").click()
    phone.get_by_role("button", name="Office").click()
    expect(phone.locator(".row.own .place")).to_contain_text("Insurgentes")
    phone.get_by_role("button", name="Send something else").click()
    phone.get_by_role("button", name="Contact").click()
    phone.get_by_label("Name").fill("Diego López")
    phone.get_by_role("textbox", name="Phone").fill("+52 55 1234 5678")
    phone.get_by_role("button", name="Send contact").click()
    expect(phone.locator(".row.own .contact")).to_contain_text("Diego López")


def test_a_message_is_reacted_to_edited_and_deleted(phone: Page, platform: Platform) -> None:
    write(phone, "Helo")
    menu = phone.get_by_role("button", name="Message options")
    phone.locator(".row.own .bubble").hover()
    menu.click()
    phone.get_by_role("button", name="React 👍").click()
    expect(phone.locator(".reactions")).to_have_text("👍")
    phone.locator(".row.own .bubble").hover()
    menu.click()
    phone.get_by_role("button", name="Edit").click()
    write(phone, "Hello")
    expect(phone.locator(".row.own .text")).to_have_text("Hello")
    phone.locator(".row.own .bubble").hover()
    menu.click()
    phone.get_by_role("button", name="Delete for everyone").click()
    expect(phone.locator(".row.own .gone")).to_be_visible()


def test_an_offline_phone_that_does_not_read(phone: Page, platform: Platform) -> None:
    phone.get_by_role("button", name="Settings of this phone").click()
    for label in ("Online", "Reads by itself"):
        with phone.expect_response("**/_sim/customers/marina"):
            phone.get_by_label(label).uncheck()
    phone.get_by_role("button", name="Close").click()
    platform.send("text", {"body": "Are you there?"})
    expect(phone.locator(".row.theirs")).to_have_count(0)
    platform.ask("PATCH", "/_sim/customers/marina", {"online": True})
    expect(phone.locator(".row.theirs .text")).to_have_text("Are you there?")
    assert platform.last()["status"] == "delivered"
    phone.get_by_role("button", name="Read 1 new message").click()
    expect(phone.get_by_role("button", name="Read 1 new message")).to_have_count(0)
    assert platform.last()["status"] == "read"


def test_the_control_page_sets_a_fault_and_approves_a_template(
    phone: Page, platform: Platform
) -> None:
    phone.set_viewport_size({"width": 1280, "height": 900})
    phone.goto(f"{platform.base}/control/")
    phone.get_by_role("button", name="Add fault").click()
    expect(phone.locator(".faults li")).to_contain_text("code 131000")
    phone.get_by_role("button", name="Remove").click()
    expect(phone.locator(".faults li")).to_have_count(0)
    row = phone.locator("#templates tr", has_text="delivery_survey")
    row.get_by_role("button", name="Approve").click()
    expect(row.locator(".mark")).to_have_text("APPROVED")
    expect(phone.locator("#webhooks .log")).to_contain_text("message_template_status_update")
    phone.get_by_role("button", name="+25 h").click()
    expect(phone.locator("#clock")).to_contain_text("25 h")


def test_no_page_is_wider_than_its_window(chromium: Browser, platform: Platform) -> None:
    schemes: tuple[Any, ...] = ("light", "dark")
    for scheme, width in product(schemes, (390, 1280)):
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        for path in ("/", "/phone/", "/phone/?customer=marina", "/control/"):
            page.goto(platform.base + path, wait_until="load")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.close()
