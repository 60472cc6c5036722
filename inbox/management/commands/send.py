"""Runs one sender until it is told to stop."""

import asyncio
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandParser

from core.interpreter import suit_a_server
from inbox.sender.process import IN_FLIGHT, Sender


class Command(BaseCommand):
    help = "Sends queued messages until SIGTERM or SIGINT, then finishes what is in flight."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--in-flight", type=int, default=IN_FLIGHT, help="calls at the same time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        suit_a_server()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(options["in_flight"]))


async def serve(in_flight: int) -> None:
    """A sender that ends with the process' signals."""
    sender = Sender(in_flight=in_flight)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sender.stop)
    await sender.run()
