"""The web process ends when it is told to, whatever its pages are doing."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from config.services.valkey import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30

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
