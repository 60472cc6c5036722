"""The web process: Daphne, which always ends when it is told to.

A page that is drawn at that moment waits in its thread for an event loop that has stopped,
for ever, and Python waits for the thread. It gets a few seconds to commit what it writes.
"""

import os
import sys
import threading
import time

from daphne.cli import CommandLineInterface

from config.bounded import bound_requests

GRACE_SECONDS = 3.0


def main() -> None:
    """Serve until a signal; takes Daphne's own arguments."""
    bound_requests()
    CommandLineInterface().run(sys.argv[1:])
    threading.Thread(target=leave, daemon=True).start()


def leave() -> None:
    """End the process under the threads that are left."""
    time.sleep(GRACE_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
