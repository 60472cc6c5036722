"""How large and how long a bench is: the only place that tells `quick` from the real thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one kind of run; seconds are those of one measured stretch."""

    name: str
    runs: int
    p_seconds: int
    seconds: int  # of load in a row without a length of its own
    customers: int  # who write
    agents: int  # with an open inbox each
    sockets: int  # that one process must hold
    held_minutes: float
    memory_minutes: float
    sent_seconds: int  # of one number at its full rate
    sent_rows: int  # over many numbers
    datasets: tuple[str, str]  # as bench.dataset names them
    tickets: int  # in the help desk beside us


FULL = Scale(
    name="full",
    runs=3,
    p_seconds=10,
    seconds=15,
    customers=10_000,
    agents=1000,
    sockets=5000,
    held_minutes=10,
    memory_minutes=30,
    sent_seconds=30,
    sent_rows=30_000,
    datasets=("1m", "10m"),
    tickets=10_000,
)
QUICK = Scale(
    name="quick",
    runs=1,
    p_seconds=3,
    seconds=4,
    customers=1000,
    agents=200,
    sockets=1000,
    held_minutes=0.2,
    memory_minutes=0.5,
    sent_seconds=10,
    sent_rows=5000,
    datasets=("tiny", "100k"),
    tickets=500,
)
