"""Chooses the TCP ports that `make run` listens on, before anything depends on them."""

import contextlib
import socket
from collections.abc import Iterator

from config.launcher import LaunchError

TRIES = 100
LARGEST = 65535


@contextlib.contextmanager
def reserve_port(name: str, asked: str | None, *, default: int, host: str) -> Iterator[int]:
    """A port that is ours until the context ends, when its server takes it over.

    `asked` is the person's own choice in the variable `name`, and nothing else is taken
    then. Without one it is the default, or the next free one above it.
    """
    if asked is None:
        found = next(filter(None, (listen(host, default + step) for step in range(TRIES))), None)
        if found is None:
            raise LaunchError(
                f"No port from {default} to {default + TRIES - 1} is free. "
                f"Choose one with: make run {name}={default + TRIES}"
            )
    else:
        port = read_port(name, asked)
        found = listen(host, port)
        if found is None:
            raise LaunchError(
                f"Port {port} is in use by another program, or not allowed to you. "
                f"Choose another with: make run {name}={next_port(port)}"
            )
    with found:
        yield int(found.getsockname()[1])


def listen(host: str, port: int) -> socket.socket | None:
    """A listening socket there; None when the port is taken. Listening keeps others away."""
    if port > LARGEST or (host == "127.0.0.1" and answers_on_ipv6(port)):
        return None
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
        probe.listen(1)
    except OSError:
        probe.close()
        return None
    return probe


def answers_on_ipv6(port: int) -> bool:
    """Browsers try ::1 first for `localhost`, so a program there would be met in our place."""
    with contextlib.suppress(OSError), socket.create_connection(("::1", port), timeout=0.2):
        return True
    return False


def read_port(name: str, asked: str) -> int:
    """The number that was asked for."""
    if not asked.isdecimal() or not 0 < int(asked) <= LARGEST:
        raise LaunchError(f"{name} must be a number from 1 to {LARGEST}, not {asked!r}.")
    return int(asked)


def next_port(port: int) -> int:
    """A port to suggest."""
    return port + 1 if 1024 <= port < LARGEST else 8001
