"""The first step of both commands: finished installations are trusted, half ones repeated."""

from pathlib import Path

import pytest

from config import bootstrap


class Machine:
    """Stands in for pip and venv, which the fresh-clone run of CI uses for real."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installed: list[str] = []
        self.fails = False
        monkeypatch.setattr(bootstrap, "make_venv", self.make_venv)
        monkeypatch.setattr(bootstrap, "install", self.install)

    def make_venv(self) -> None:
        program = Path(bootstrap.PYTHON)
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n", encoding="ascii")
        program.chmod(0o755)

    def install(self, kind: str) -> None:
        if self.fails:
            raise SystemExit("no network")
        self.installed.append(kind)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.chdir(tmp_path)
    Path("requirements").mkdir()
    for kind in ("base", "dev"):
        Path(f"requirements/{kind}.txt").write_text("django==5.2\n", encoding="ascii")
    return Machine(monkeypatch)


def test_a_finished_installation_is_not_repeated(machine: Machine):
    bootstrap.main("base")
    bootstrap.main("base")
    assert machine.installed == ["base"]


def test_an_interrupted_installation_is_repeated(machine: Machine):
    machine.fails = True
    with pytest.raises(SystemExit):
        bootstrap.main("base")
    machine.fails = False
    bootstrap.main("base")
    assert machine.installed == ["base"]


def test_changed_requirements_are_installed(machine: Machine):
    bootstrap.main("base")
    Path("requirements/base.txt").write_text("django==5.2.19\n", encoding="ascii")
    bootstrap.main("base")
    assert machine.installed == ["base", "base"]


def test_a_clone_that_was_moved_is_installed_anew(machine: Machine, tmp_path: Path):
    bootstrap.main("base")
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    bootstrap.os.chdir(moved)
    bootstrap.main("base")
    assert machine.installed == ["base", "base"]


def test_a_venv_whose_python_is_gone_is_made_anew(machine: Machine):
    bootstrap.main("base")
    Path(bootstrap.PYTHON).unlink()
    bootstrap.main("base")
    assert machine.installed == ["base", "base"]


def test_tests_and_runs_are_told_apart(machine: Machine):
    bootstrap.main("base")
    bootstrap.main("dev")
    bootstrap.main("base")
    assert machine.installed == ["base", "dev"]


def test_an_old_python_is_told_what_to_do(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"needs Python 99\.0 or newer.*\n.*make run PYTHON="):
        bootstrap.main("base")
    assert machine.installed == []
