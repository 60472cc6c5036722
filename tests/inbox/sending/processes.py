"""The simulator as a process of its own, the webhooks that it posts, and senders as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

from django.db import connection
from django.utils import timezone

from inbox.actions.inbound.batch import apply_parts
from inbox.actions.inbound.parts import split_delivery
from tests import cast

ROOT = Path(__file__).resolve().parents[3]


class Platform:
    """One simulator, and what it told us so far."""

    def __init__(self, url: str, posts: Queue[bytes]) -> None:
        self.url = url
        self.posts = posts

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def sent(self, opaque: str = "") -> list[dict[str, Any]]:
        """Messages that the platform took, oldest first."""
        query = f"&opaque={opaque}" if opaque else ""
        calls = self.ask("GET", f"/_sim/ledger?call=messages&accepted=1{query}")["calls"]
        return [call for call in calls if call["wamid"]]

    def apply_webhooks(self, *, until: Callable[[], Any], seconds: float = 40) -> None:
        """Apply what comes, as it comes, until the condition holds. Raises TimeoutError."""
        end = monotonic() + seconds
        while not until():
            if monotonic() > end:
                raise TimeoutError("it did not happen")
            with suppress(Empty):
                body, at = self.posts.get(timeout=0.1), timezone.now()
                rejected = apply_parts(split_delivery(body, received_at=at), at=at)
                assert not rejected, rejected

    def drop_webhooks(self) -> None:
        while True:
            try:
                self.posts.get_nowait()
            except Empty:
                return


@contextmanager
def run_platform() -> Iterator[Platform]:
    """A simulator on a free port, whose webhooks land in a queue of this process."""
    posts: Queue[bytes] = Queue()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    command = [
        *(sys.executable, "-m", "simulator", "--port", "0"),
        *("--access-token", cast.ACCESS_TOKEN, "--app-secret", cast.APP_SECRET),
        *("--webhook-url", f"http://127.0.0.1:{hook.server_port}/"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        yield Platform(url, posts)
    finally:
        process.terminate()
        process.wait(10)
        hook.shutdown()
        hook.server_close()


def environment(graph_url: str) -> dict[str, str]:
    """As this process, with the database of the tests and the platform's address."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    return os.environ | {
        "DATABASE_URL": database,
        "WHATSAPP_GRAPH_URL": graph_url,
        "PYTHONPATH": str(ROOT),
        "SASH_LOG_LEVEL": "WARNING",
    }


def run_doomed_sender(point: str, graph_url: str) -> None:
    """A sender that is killed where it says; raises if it ends in any other way."""
    module = "tests.inbox.sending.doomed_sender"
    ended = subprocess.run(
        [sys.executable, "-m", module, point],
        cwd=ROOT,
        env=environment(graph_url),
        timeout=30,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.returncode


@contextmanager
def running_sender(graph_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py send`, stopped by SIGTERM; it must end in good order."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send"], cwd=ROOT, env=environment(graph_url)
    )
    try:
        yield process
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
