"""The simulator in Meta's place: its cast, its settings, and its faults."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import aiohttp
from PIL import Image

from faults.cast import Team
from faults.machine import Machine

PATIENCE = 30
# Free text to the cast is never refused: what the harness posts, the simulator does not see.
CALM = {
    "window_refusal": "never",
    "keep_log": 10_000_000,
    "retry_most_ms": 2000,
    "delivered_ms": 100,
    "read_ms": 300,
}


class Platform:
    """Commands for one simulator."""

    def __init__(self, machine: Machine) -> None:
        self.address = machine.simulator
        self.data = Path(machine.environment["SIMULATOR_DATA"])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control API. Raises OSError."""
        request = Request(  # noqa: S310 - our own simulator
            f"{self.address}/_sim/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def begin_anew(self, teams: list[Team]) -> None:
        """The first day: the cast's numbers and customers, nothing said, no fault."""
        self.ask("POST", "reset", {"seed": "demo"})
        self.ask("PATCH", "settings", CALM)
        written = time.time()
        for team in teams:
            self.ask("POST", "numbers", self.number(team))
            level = {"throughput": {"level": team.throughput}}
            self.ask("PATCH", f"numbers/{team.number}", level)
            customers = [
                {
                    "id": wa_id,
                    "name": f"Customer {wa_id}",
                    "phone": wa_id,
                    "last_message_at": {team.number: written},
                }
                for wa_id in team.customers
            ]
            self.ask("POST", "customers", {"customers": customers})

    async def send_picture(self, team: Team, customer: str, name: str) -> None:
        """A customer sends a file; Sash has to fetch it."""
        form = aiohttp.FormData({"number": team.number, "type": "image"})
        form.add_field("file", picture(), filename=name, content_type="image/png")
        address = f"{self.address}/_sim/customers/{customer}/files"
        async with aiohttp.ClientSession() as session, session.post(address, data=form) as answer:
            answer.raise_for_status()

    def number(self, team: Team) -> dict[str, str]:
        return {"id": team.number, "phone": team.display, "name": team.name}

    def change(self, **settings: Any) -> None:
        self.ask("PATCH", "settings", settings)

    def spoil(self, **fault: Any) -> str:
        """Set a fault; its id."""
        return str(self.ask("POST", "faults", fault)["id"])

    def mend(self) -> None:
        """No faults any more."""
        self.ask("DELETE", "faults")


def picture() -> bytes:
    """One grey point."""
    file = io.BytesIO()
    Image.new("L", (1, 1)).save(file, "PNG")
    return file.getvalue()
