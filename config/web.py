"""The web process: Daphne, which always ends when it is told to, once or several times.

`--workers 2` makes two whole web processes on one port, which share the listening socket: what
waits there is lost with none of them. Nothing of Sash depends on being in one process.

A page that is drawn at the moment of the end waits in its thread for an event loop that has
stopped, for ever, and Python waits for the thread. It gets a few seconds to commit what it
writes.
"""

import argparse
import os
import socket
import sys
import threading
import time

from daphne.cli import CommandLineInterface

from config.bounded import bound_requests
from config.crew import Crew
from config.lines import carry_sockets
from core.interpreter import suit_a_server

GRACE_SECONDS = 3.0
QUEUE = 1024


def main(arguments: list[str]) -> None:
    """Serve until a signal; takes Daphne's own arguments, and how many processes."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--workers", type=int, default=1)
    own, rest = parser.parse_known_args(arguments)
    if own.workers > 1:
        share(own.workers, rest)
    else:
        serve(rest)


def serve(arguments: list[str]) -> None:
    """Be one web process."""
    suit_a_server()
    bound_requests()
    carry_sockets()
    CommandLineInterface().run(arguments)
    threading.Thread(target=leave, daemon=True).start()


def leave() -> None:
    """End the process under the threads that are left."""
    time.sleep(GRACE_SECONDS)
    os._exit(0)


def share(workers: int, arguments: list[str]) -> None:
    """Listen, and have others serve what comes."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("-b", "--bind", default="127.0.0.1")
    parser.add_argument("-p", "--port", type=int, default=8000)
    where, rest = parser.parse_known_args(arguments)
    family = socket.AF_INET6 if ":" in where.bind else socket.AF_INET
    with socket.create_server((where.bind, where.port), family=family, backlog=QUEUE) as listener:
        listener.setblocking(False)
        number = listener.fileno()
        command = [sys.executable, "-m", "config.web", "--fd", str(number), *rest]
        Crew(command, workers, keep=[number]).run()


if __name__ == "__main__":
    main(sys.argv[1:])
