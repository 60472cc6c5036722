"""Real Chromium against a real Daphne on the tests' own database: pages and sockets alike.

`open_page(ana)` is Ana's browser, signed in. Whatever the console complains of, above all a
breach of the content security policy, fails the test at its end.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.demo import PASSWORD
from accounts.models import User
from tests.browser.people import TAKEN_BACK, Open, new_page, note
from tests.browser.stack import Stack, running_stack

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 30
BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND state <> 'idle'"""
# And answers that say no (4xx), and a line that the test itself cut.
EXPECTED = (
    *TAKEN_BACK,
    "ERR_INTERNET_DISCONNECTED",
    "WebSocket connection",
    "htmx:sendError",
    "status of 4",
    "Error Code 4",
)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a web process as in production, on the test database."""
    port = free_port()
    environment = os.environ | {
        "SASH_DEBUG": "0",
        "SASH_STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
        "DATABASE_URL": database_url(),
        "SASH_BASE_URL": f"http://localhost:{port}",
        "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        [*command, "config.asgi:application"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://localhost:{port}/healthz", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A whole Sash with its demo data and the simulator."""
    with TemporaryDirectory(prefix="a whole Sash ") as folder:
        os.chmod(folder, 0o711)  # noqa: S103 - under root, PostgreSQL is another user
        with running_stack(Path(folder)) as running:
            yield running


@pytest.fixture
def complaints() -> list[str]:
    """Errors of any page: scripts, refused content, failed loads."""
    return []


@pytest.fixture
def sign_in(stack: Stack, chromium: Browser, complaints: list[str]) -> Open:
    """A browser of one's own for each person of the demo."""

    def open_as(first_name: str) -> Page:
        page = new_page(chromium, complaints)
        page.goto(f"{stack.address}/account/login/")
        page.locator("input[type=email]").fill(f"{first_name}@sash.test")
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/inbox/"))
        page.goto(f"{stack.address}/inbox/all/")
        return page

    return open_as


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """The address of the database that pytest-django has made."""
    name = str(connection.settings_dict["NAME"])
    before, mark, query = os.environ["DATABASE_URL"].partition("?")
    return before.rpartition("/")[0] + "/" + name + mark + query


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers; fails with the process."""
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end:
        assert process.poll() is None, "the web process ended"
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            continue
    pytest.fail(f"{url} did not answer within {START_WITHIN} s")


@pytest.fixture
def open_page(transactional_db: None, chromium: Browser, server: str) -> Iterator[OpenPage]:
    """open_page(ana, path="/inbox/all/", width=390, scheme="dark"): a signed-in browser."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_it(
        user: User,
        path: str = "/inbox/all/",
        width: int = 1440,
        height: int = 900,
        scheme: str = "light",
        *,
        is_examined: bool = False,
    ) -> Page:
        context = chromium.new_context(
            base_url=server,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-GB",
            bypass_csp=is_examined,  # axe writes styles into the page
        )
        contexts.append(context)
        context.add_cookies([session_cookie(user, server)])
        page = context.new_page()
        if not is_examined:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: note(message, complaints, EXPECTED))
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    wait_for_silence()
    assert complaints == []


def go_offline(page: Page) -> None:
    """Cut the page's line. Chromium lets frames through for a few milliseconds more."""
    page.context.set_offline(True)
    page.wait_for_timeout(300)


def wait_for_silence() -> None:
    """Until the web process has done what the closed pages asked for: tables are emptied next."""
    end = time.monotonic() + START_WITHIN
    silent = 0
    while silent < 5 and time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            silent = silent + 1 if cursor.fetchone() == (0,) else 0
        threading.Event().wait(0.05)


def session_cookie(user: User, server: str) -> dict[str, str]:
    """Signed in without the form, which has tests of its own."""
    client = Client()
    client.force_login(user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": server}
