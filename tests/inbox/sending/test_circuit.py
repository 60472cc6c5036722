"""When a number stops sending, by a clock that the tests turn."""

from __future__ import annotations

import random

from inbox.sender.circuit import Circuit


def run(
    circuit: Circuit,
    seconds: float,
    *,
    start: float,
    good: float = 1.0,
    hang: bool = False,
    rate: float = 80.0,
) -> list[float]:
    """Calls at the rate while it is closed, probes while it is open. Gives when it was open."""
    chance, opened = random.Random(7), []
    for tick in range(int(seconds * rate)):
        now = start + tick / rate
        if circuit.look(now):
            opened.append(now)
            if not circuit.may_probe(now):
                continue
        key = round(now * 1e6)
        circuit.begin(key, now)
        if not hang:
            circuit.end(key, now + 0.1, is_good=chance.random() < good)
    return opened


def test_all_calls_in_trouble_open_it_within_ten_seconds() -> None:
    circuit = Circuit()
    assert run(circuit, 20, start=0) == []
    opened = run(circuit, 20, start=20, good=0)
    assert 20 < opened[0] < 25


def test_calls_that_hang_open_it_before_any_of_them_ends() -> None:
    circuit = Circuit()
    run(circuit, 20, start=0)
    opened = run(circuit, 20, start=20, hang=True)
    assert 25 < opened[0] < 30


def test_it_closes_soon_after_meta_is_well_again() -> None:
    circuit = Circuit()
    run(circuit, 20, start=0, hang=True)
    opened = run(circuit, 60, start=20)
    assert opened[-1] < 30, "the next probe went well"
    assert not circuit.is_open, "and calls that still hang from before do not count"


def test_while_it_is_open_only_a_probe_leaves_now_and_then() -> None:
    circuit = Circuit()
    run(circuit, 20, start=0, good=0)
    before = circuit.probed_at
    assert circuit.is_open
    assert not circuit.may_probe(before + 7)
    assert circuit.may_probe(before + 9)


def test_every_third_call_in_trouble_leaves_it_closed() -> None:
    assert run(Circuit(), 120, start=0, good=0.7) == []


def test_one_call_in_trouble_at_a_quiet_number_leaves_it_closed() -> None:
    assert run(Circuit(), 60, start=0, good=0, rate=0.5) == []
