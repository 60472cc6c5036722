"""The simulator as a process of its own: flags, environment, the line that it prints, its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from simulator.options import read_options

ROOT = Path(__file__).resolve().parents[2]
Start = Any


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process with flags and environment; its address is in the line that it prints."""
    running: list[subprocess.Popen[str]] = []

    def run(*flags: str, **environ: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *flags],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield run
    for process in running:
        process.kill()
        process.wait()


async def ask(base: str, method: str, path: str, body: Any = None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        ClientSession() as session,
        session.request(method, base + path, json=body, headers=headers) as answer,
    ):
        return await answer.json()


def test_flags_win_over_the_environment_which_wins_over_defaults() -> None:
    environ = {"SIMULATOR_PORT": "5000", "SIMULATOR_APP_SECRET": "from-environment"}
    options = read_options(["--port", "6000"], environ)
    assert (options.port, options.app_secret) == (6000, "from-environment")
    assert options.seed == "demo"


@pytest.mark.asyncio
async def test_it_prints_its_address_and_ends_at_a_signal(start: Start) -> None:
    process, line = start("--port", "0", SIMULATOR_ACCESS_TOKEN="from-environment")
    words, base = line.rsplit(" ", 1)
    assert words == "Simulator on"
    assert base.startswith("http://127.0.0.1:")
    number = await ask(base, "GET", "/v23.0/106540352242922", token="from-environment")
    assert number["verified_name"] == "Lucky Shrub"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


@pytest.mark.asyncio
async def test_messages_under_way_go_on_after_a_kill(start: Start, tmp_path: Path) -> None:
    data = str(tmp_path / "with space" / "sim.sqlite3")
    process, line = start("--port", "0", "--data", data, "--access-token", "t")
    base = line.rsplit(" ", 1)[1]
    await ask(base, "PATCH", "/_sim/settings", {"sent_ms": 60_000, "delivered_ms": 1})
    await ask(base, "POST", "/_sim/customers/marina/messages", {"text": {"body": "Oi"}})
    body = {"messaging_product": "whatsapp", "to": "+5511955500111", "text": {"body": "Hi"}}
    answer = await ask(base, "POST", "/106540352242922/messages", body, token="t")
    process.kill()
    process.wait()
    _, line = start("--port", "0", "--data", data)
    base = line.rsplit(" ", 1)[1]
    ledger = await ask(base, "GET", "/_sim/ledger?accepted=1&call=messages")
    assert [one["wamid"] for one in ledger["calls"]] == [answer["messages"][0]["id"]]
    state = await ask(base, "GET", "/_sim/state")
    assert state["settings"]["sent_ms"] == 60_000
    webhooks = await ask(base, "GET", "/_sim/webhooks")
    assert [event["state"] for event in webhooks["events"]] == ["pending"]


def test_a_busy_port_is_named(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process, line = start("--port", str(port))
        assert process.wait(10) == 1
        assert line == ""
        assert f"127.0.0.1:{port}" in (process.stderr.read() if process.stderr else "")


def test_nothing_of_another_part_is_imported() -> None:
    script = "import simulator.app, sys; print([m for m in sys.modules if m.startswith('django')])"
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
