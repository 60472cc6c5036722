"""Becomes one process of the Procfile, wherever there is no runner of Procfiles.

`python -m config.process web` is what containers and units of systemd call, so that the
commands stand in one place.
"""

import os
import sys
from pathlib import Path

from honcho.environ import parse_procfile

ROOT = Path(__file__).resolve().parent.parent
# What only a scaled Sash has beside the Procfile: webhooks in processes of their own.
SCALED = {
    "intake": 'uvicorn --log-level warning --no-access-log --workers "${SASH_INTAKE_WORKERS:-2}"'
    ' --host "${BIND:-0.0.0.0}" --port "${PORT:-8000}" config.intake:application'
}


def read_procfile(root: Path) -> dict[str, str]:
    """The command line of each process, by name."""
    return dict(parse_procfile((root / "Procfile").read_text(encoding="utf-8")).processes)


def shell(command: str) -> list[str]:
    """Arguments that let a shell fill in variables, and then give its place to the program."""
    return ["/bin/sh", "-c", f"exec {command}"]


def main(name: str) -> None:
    """Turn into the process of that name, with Sash's own Python first in PATH."""
    commands = read_procfile(ROOT) | SCALED
    if name not in commands:
        sys.exit(f"There is no process {name!r}; known are {', '.join(commands)}.")
    programs = Path(sys.executable).parent
    os.environ["PATH"] = f"{programs}:{os.environ.get('PATH', os.defpath)}"
    os.chdir(ROOT)
    command = shell(commands[name])
    os.execv(command[0], command)  # noqa: S606 - the commands are ours


if __name__ == "__main__":
    main(*sys.argv[1:])
