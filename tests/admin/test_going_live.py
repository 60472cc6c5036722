"""docs/going-live.md, step by step: from an empty database to an answered customer.

Every process of production runs, with real HTTP between them and the simulator as Meta.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from config.launcher.environment import Plan
from config.launcher.launch import commands, prepare, settle, wait_until_healthy
from config.launcher.supervisor import Supervisor
from config.services import Services
from tests.browser.stack import ROOT, Stack

PLAN = Plan(postgres=True, valkey=True, demo=False, simulator=True)
PASSWORD = "correct horse battery"
APP_ID, WABA_ID = "794850321936471", "102290129340398"
NUMBER = "106540352242922"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS = 30


@dataclass
class Browser:
    """Somebody at a browser: pages and their forms, without drawing them."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def open(self, path: str) -> str:
        answer = self.session.get(self.address + path, timeout=SECONDS)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def submit(self, path: str, form: str = "", **fields: Any) -> str:
        """Fill in the form of a page (`form`: another page that shows it) and send it."""
        token = TOKEN.search(self.open(form or path))
        assert token, f"{form or path} has no form"
        headers = {"Referer": self.address + (form or path)}
        data = {"csrfmiddlewaretoken": token[1], **fields}
        answer = self.session.post(
            self.address + path, data=data, headers=headers, timeout=SECONDS
        )
        assert answer.ok, (path, answer.status_code, answer.text[:500])
        return answer.text

    def add(self, model: str, **fields: Any) -> int:
        """Save a new row in the admin; its id."""
        page = self.submit(f"/admin/{model}/add/", **fields, _continue="1")
        assert "was added successfully" in page, re.findall(r"errorlist.*", page)
        found = re.search(rf"/admin/{model}/(\d+)/", page)
        assert found
        return int(found[1])

    def press(self, model: str, pk: int, name: str) -> str:
        page = f"/admin/{model}/{pk}/change/"
        return self.submit(f"/admin/{model}/{pk}/do/{name}/", form=page)


@pytest.fixture(scope="module")
def empty_sash() -> Iterator[Stack]:
    """Sash without demo data, and a simulator whose webhooks go nowhere yet."""
    folder = Path(tempfile.mkdtemp(prefix="sash going live "))
    folder.chmod(0o711)
    given = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "SASH_LOG_LEVEL": "WARNING"}
    with Services(folder, durable=False) as services:
        with ExitStack() as ports:
            environment = settle(given | services.environment, PLAN, folder, ports)
            environment["SIMULATOR_WEBHOOK_URL"] = environment["SIMULATOR_CUSTOMERS"] = ""
            environment["SASH_ADMIN_PASSWORD"] = PASSWORD
            prepare(ROOT, environment)
        supervisor = Supervisor(commands(ROOT, PLAN), environment, folder=ROOT)
        with supervisor.running(services.children):
            wait_until_healthy(supervisor, environment)
            yield Stack(environment["SASH_BASE_URL"], environment["SIMULATOR_URL"], environment)
    shutil.rmtree(folder, ignore_errors=True)


def until(happens: Callable[[], Any]) -> Any:
    """The first truthy answer."""
    deadline = time.monotonic() + SECONDS
    while not (value := happens()):
        assert time.monotonic() < deadline, "it did not happen in time"
    return value


def test_the_guide_leads_from_an_empty_database_to_an_answered_customer(
    empty_sash: Stack,
) -> None:
    keys = empty_sash.environment
    # 1. The first administrator
    told = empty_sash.manage(
        "create_administrator", "--email", "omar@sash.test", "--name", "Omar Haddad"
    )
    assert "may now sign in" in told
    omar = Browser(empty_sash.address)
    omar.submit("/account/login/", login="omar@sash.test", password=PASSWORD)
    assert "Customers waiting" in omar.open("/admin/")
    # 3. The app in Sash
    app = omar.add(
        "accounts/whatsappapp",
        name="Aurora",
        app_id=APP_ID,
        app_secret=keys["SIMULATOR_APP_SECRET"],
        verify_token="made-up-by-omar",
        is_active="on",
    )
    # 4. The business account and its numbers: first with a wrong token, as people do
    account = {"name": "Aurora", "waba_id": WABA_ID, "app": app, "is_active": "on"}
    waba = omar.add("accounts/waba", **account, access_token="not-the-token")
    assert "WhatsApp refused" in omar.press("accounts/waba", waba, "synchronise_numbers")
    page = f"/admin/accounts/waba/{waba}/change/"
    omar.submit(page, **account, access_token=keys["SIMULATOR_ACCESS_TOKEN"])
    said = omar.press("accounts/waba", waba, "synchronise_numbers")
    assert "2 numbers read from Meta. 2 have no channel yet" in said
    rows = omar.open(f"/admin/accounts/phonenumber/?q={NUMBER}")
    number = int(re.search(r"/admin/accounts/phonenumber/(\d+)/change/", rows)[1])  # type: ignore[index]
    # 5. Who answers
    me = int(re.search(r"/admin/accounts/user/(\d+)/", omar.open("/admin/accounts/user/"))[1])  # type: ignore[index]
    formset = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0"}
    team = omar.add("accounts/team", name="Support", **formset, **{"memberships-0-user": me})
    channel = {
        "name": "Aurora",
        "transport": "whatsapp",
        "number": number,
        "default_team": team,
        "time_zone": "America/Sao_Paulo",
        "mark_read": "opened",
        "opt_in": "marketing",
        "is_active": "on",
        "hours-TOTAL_FORMS": "0",
        "hours-INITIAL_FORMS": "0",
    }
    omar.add("accounts/channel", **channel)
    # 6. The webhook: Meta asks for the verify token, then the account is subscribed
    hook = {"url": f"{empty_sash.address}/webhooks/whatsapp/"}
    with pytest.raises(requests.HTTPError):
        empty_sash.simulate("PUT", "webhook-url", **hook, verify_token="another")
    empty_sash.simulate("PUT", "webhook-url", **hook, verify_token="made-up-by-omar")
    unsubscribe(empty_sash)
    assert "is not subscribed" in omar.press("accounts/phonenumber", number, "test")
    said = omar.press("accounts/waba", waba, "subscribe")
    assert "Meta sends this account" in said
    # 7. The test
    said = omar.press("accounts/phonenumber", number, "test")
    for line in ("✓ Access token", "✓ Number", "✓ Sending", "✓ Webhooks"):
        assert line in said
    said = omar.press("accounts/waba", waba, "synchronise_templates")
    assert "12 templates at Meta: 12 new" in said
    empty_sash.simulate(
        "POST",
        "customers/marina/messages",
        number=NUMBER,
        type="text",
        text={"body": "Is the shop open?"},
    )
    chat = until(
        lambda: re.search(
            r"/admin/inbox/conversation/(\d+)/change/",
            omar.open("/admin/inbox/conversation/?q=Marina"),
        )
    )[1]
    assert "Is the shop open?" in omar.open(f"/inbox/all/{chat}/")
    omar.submit(
        f"/conversations/{chat}/messages/",
        form=f"/inbox/all/{chat}/",
        text="Until six o'clock.",
        client_uuid=str(uuid4()),
    )
    answer = until(lambda: [m for m in thread(empty_sash) if m["direction"] == "out"])
    assert "Until six o'clock." in str(answer)
    until(lambda: "Delivered" in omar.open("/admin/inbox/message/?direction__exact=out"))
    # 8. Everybody else
    said = omar.submit(
        "/admin/accounts/invitation/add/", email="ana@sash.test", role="agent", teams=team
    )
    link = re.search(rf"{re.escape(empty_sash.address)}(/account/[^\s<\"]+)", said)
    assert link, "the address is told once"
    assert "ana@sash.test" in Browser(empty_sash.address).open(link[1])


def unsubscribe(stack: Stack) -> None:
    """As an account is that was never subscribed."""
    answer = requests.delete(
        f"{stack.phone}/v25.0/{WABA_ID}/subscribed_apps",
        headers={"Authorization": f"Bearer {stack.environment['SIMULATOR_ACCESS_TOKEN']}"},
        timeout=SECONDS,
    )
    answer.raise_for_status()


def thread(stack: Stack) -> list[dict[str, Any]]:
    """What Marina's phone shows."""
    answer = requests.get(
        f"{stack.phone}/_sim/thread",
        params={"customer": "marina", "number": NUMBER},
        timeout=SECONDS,
    )
    answer.raise_for_status()
    return list(answer.json()["messages"])
