"""What a container's health check says of a process."""

import time
from pathlib import Path

import pytest

from config.celery import app
from config.healthy import DEAF_AFTER, main, works


@app.task
def ring() -> None:
    """As beat rings."""


def test_a_worker_is_healthy_while_it_runs_tasks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = tmp_path / "worker"
    monkeypatch.setenv("SASH_WORKER_FILE", str(sign))
    assert main("worker") == 1
    ring.apply()
    assert main("worker") == 0
    assert not works(sign, now=time.time() + DEAF_AFTER + 1)
