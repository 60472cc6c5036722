"""A busy port is stepped over, or named when a person chose it."""

import socket
from collections.abc import Iterator

import pytest

from config.launcher import LaunchError
from config.launcher.ports import reserve_port

LOOPBACK = "127.0.0.1"


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free() -> int:
    """A port that nobody uses."""
    with socket.create_server((LOOPBACK, 0)) as server:
        return server.getsockname()[1]


def test_the_usual_port_is_taken_when_it_is_free(free: int):
    with reserve_port("PORT", None, default=free, host=LOOPBACK) as port:
        assert port == free


def test_a_busy_usual_port_is_stepped_over(busy: int):
    with reserve_port("PORT", None, default=busy, host=LOOPBACK) as port:
        assert busy < port < busy + 100


def test_two_starts_at_once_get_two_ports(free: int):
    with (
        reserve_port("PORT", None, default=free, host=LOOPBACK) as first,
        reserve_port("PORT", None, default=free, host=LOOPBACK) as second,
    ):
        assert first == free
        assert second != first


def test_a_port_is_given_over_to_the_server_that_it_was_kept_for(free: int):
    with reserve_port("PORT", None, default=free, host=LOOPBACK) as port:
        pass
    with socket.create_server((LOOPBACK, port)):
        pass


def test_a_busy_port_that_a_person_chose_is_named_and_not_replaced(busy: int):
    with (
        pytest.raises(LaunchError, match=f"Port {busy} is in use.*make run PORT={busy + 1}"),
        reserve_port("PORT", str(busy), default=8000, host=LOOPBACK),
    ):
        pass


@pytest.mark.parametrize("asked", ["", "http", "0", "65536", "-1", "８０００x"])
def test_what_is_no_port_is_refused_in_words(asked: str):
    with (
        pytest.raises(LaunchError, match="PORT must be a number"),
        reserve_port("PORT", asked, default=8000, host=LOOPBACK),
    ):
        pass


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_a_program_that_localhost_would_reach_first_counts_as_busy(free: int):
    with (
        socket.create_server(("::1", free), family=socket.AF_INET6),
        reserve_port("PORT", None, default=free, host=LOOPBACK) as port,
    ):
        assert port != free
