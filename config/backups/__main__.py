"""`make backup` and `make restore`: `python -m config.backups backup` or `restore FOLDER`."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from config.backups import BackupError
from config.backups.whole import backup, restore
from config.launcher.environment import given_settings, make_plan
from config.services import ServiceError, Services, running_database

ROOT = Path(__file__).resolve().parents[2]
USAGE = "make backup [TO=folder]   or   make restore FROM=folder [FORCE=1]"


def main(arguments: list[str]) -> int:
    """The exit code for the shell."""
    given = given_settings(os.environ, ROOT / ".env")
    data = ROOT / ".data"
    media = Path(given.get("SASH_MEDIA_ROOT") or data / "media")
    try:
        match arguments:
            case ["backup", *where] if len(where) < 2:
                parent = Path(where[0]) if where else data / "backups"
                with database(given, data, may_run=True) as url:
                    say(f"Saved in {backup(url, media, parent, at=datetime.now(UTC))}")
            case ["restore", folder]:
                with database(given, data, may_run=False) as url:
                    restore(url, media, Path(folder), force=given.get("FORCE") == "1")
                say("Restored. `make run`, or `python manage.py migrate` and then every process.")
            case _:
                say(USAGE)
                return 2
    except (BackupError, ServiceError) as error:
        say(str(error))
        return 1
    return 0


@contextmanager
def database(given: Mapping[str, str], data: Path, *, may_run: bool) -> Iterator[str]:
    """The address of one's own database, or of the embedded one, started where it does not run.

    may_run: Sash may be at work on it. Raises ServiceError where it is and must not be.
    """
    if not make_plan(given).postgres:
        yield given["DATABASE_URL"]
    elif may_run and (url := running_database(data)):
        yield url
    else:
        with Services(data, valkey=False) as services:
            yield services.environment["DATABASE_URL"]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
