"""The web process ends when it is told to, whatever its pages are doing."""

import os
import select
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil

from config.services.valkey import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30
MOST_HELD = 256 * 1024 * 1024  # of 640 MB that are offered

STUCK = """
import threading
from a2wsgi import WSGIMiddleware

def page(environ, start_response):
    open("waiting", "w").close()
    threading.Event().wait()

application = WSGIMiddleware(page)
READY = open("ready", "w").close()
"""


def test_a_page_that_never_answers_does_not_keep_it_alive(tmp_path: Path):
    (tmp_path / "stuck.py").write_text(STUCK, encoding="ascii")
    os.mkfifo(tmp_path / "waiting")
    os.mkfifo(tmp_path / "ready")
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "config.web", "--port", str(port), "stuck:application"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as web:
        try:
            (tmp_path / "ready").read_bytes()
            threading.Thread(target=ask_until_answered, args=(web, port), daemon=True).start()
            (tmp_path / "waiting").read_bytes()
            web.terminate()
            assert web.wait(SECONDS) == 0
        finally:
            web.kill()


def ask_until_answered(web: subprocess.Popen[bytes], port: int) -> None:
    """The first tries may come before it listens."""
    while web.poll() is None:
        with suppress(OSError):
            urlopen(f"http://127.0.0.1:{port}/", timeout=SECONDS)


FLOOD = """
from config import lines

lines.PATIENCE = 0.5
FRAME = "x" * 65536

async def application(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    for _ in range(10_000):
        await send({"type": "websocket.send", "text": FRAME})
    await receive()

READY = open("ready", "w").close()
"""


def test_who_never_reads_is_waited_for_and_then_dropped(tmp_path: Path):
    (tmp_path / "flood.py").write_text(FLOOD, encoding="ascii")
    os.mkfifo(tmp_path / "ready")
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "config.web", "--port", str(port), "flood:application"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as web:
        try:
            (tmp_path / "ready").read_bytes()
            with line_to(web, port) as line:
                end = select.poll()
                end.register(line, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
                assert end.poll(SECONDS * 1000), "the line is still open"
            assert psutil.Process(web.pid).memory_info().rss < MOST_HELD
        finally:
            web.kill()


def line_to(web: subprocess.Popen[bytes], port: int) -> socket.socket:
    """A socket whose handshake is sent; the first tries may come before it listens."""
    asked = (
        "GET /flood HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    while web.poll() is None:
        with suppress(OSError):
            line = socket.create_connection(("127.0.0.1", port), SECONDS)
            line.sendall(asked.encode())
            return line
    raise AssertionError("it has ended")
