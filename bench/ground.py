"""What every row stands on: durable servers, an empty Sash to copy, and processes over it."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from redis import Redis

from bench.dataset.build import provide
from bench.dataset.cluster import SHARED_BUFFERS, serve_loading
from bench.pgbench import measure_p
from bench.programs import Programs, run_python, running
from bench.scale import Scale
from config.launcher.environment import web_settings
from config.services import Services
from config.services.postgres import Postgres

EMPTY = "bench_empty"
COPY = "bench_run"
CHUNK = 4 * 1024 * 1024
# The memory of a real server; durability stays PostgreSQL's default.
SETTINGS = (f"shared_buffers={SHARED_BUFFERS}", "max_wal_size=4GB", "checkpoint_timeout=15min")


@dataclass(frozen=True, slots=True)
class Site:
    """One run's own database, the settings that lead to it, and the processes over it."""

    database: str
    environment: dict[str, str]
    programs: Programs

    def seed(self, task: str, **arguments: Any) -> Any:
        """What `bench.seeds.<task>` answers."""
        return json.loads(
            run_python("bench.inside", self.environment, task, json.dumps(arguments))
        )

    def connect(self) -> psycopg.Connection:
        """For the bench's own questions; every statement stands by itself."""
        return psycopg.connect(self.database, autocommit=True)


class Ground:
    """The servers of a bench and its scale. `data` is kept between benches."""

    def __init__(self, data: Path, scale: Scale, services: Services) -> None:
        self.data = data
        self.scale = scale
        self.services = services
        self.url = services.environment["DATABASE_URL"]
        self.is_prepared = False

    @property
    def postgres(self) -> Postgres:
        if self.services.database is None:
            raise RuntimeError("the bench runs its own PostgreSQL")
        return self.services.database

    @property
    def logs(self) -> Path:
        """Where processes of a row write; kept until the next run."""
        folder = self.data / "logs"
        folder.mkdir(exist_ok=True)
        return folder

    def measure_p(self) -> float:
        """P at this moment."""
        return measure_p(self.postgres.programs, self.url, self.scale.p_seconds)

    def environment(self, database: str) -> dict[str, str]:
        """Settings of production for processes over this database."""
        programs = Path(sys.executable).parent
        given = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(self.data),
            "SASH_LOG_LEVEL": "WARNING",
            **self.services.environment,
            "DATABASE_URL": self.url_of(database),
        }
        return web_settings(given, data=self.data, port=8000, demo=False)

    def url_of(self, database: str) -> str:
        """The address of another database of the same server and owner."""
        head, _, query = self.url.partition("?")
        return f"{head.rpartition('/')[0]}/{database}?{query}"

    @contextmanager
    def site(self, **settings: str) -> Iterator[Site]:
        """An empty Sash of its own, gone afterwards; `settings` are added to the environment."""
        self.prepare()
        self.copy_database(EMPTY, COPY)
        try:
            with self.over(COPY, **settings) as site:
                yield site
        finally:
            self.drop_database(COPY)

    @contextmanager
    def over(self, database: str, **settings: str) -> Iterator[Site]:
        """Processes over a database that stays; Valkey is as empty as after its first start."""
        with Redis.from_url(self.services.environment["REDIS_URL"]) as store:
            store.flushall()
        environment = self.environment(database) | settings
        with running(environment, self.logs) as programs:
            yield Site(self.url_of(database), environment, programs)

    def prepare(self) -> None:
        """Once a bench: migrate an empty database to copy, and collect the static files."""
        if self.is_prepared:
            return
        self.drop_database(EMPTY)
        self.as_owner("CREATE DATABASE {}", EMPTY)
        run_python("config.launcher.prepare", self.environment(EMPTY))
        self.is_prepared = True

    @contextmanager
    def dataset(self, size: str, **settings: str) -> Iterator[Site]:
        """A large inbox, built now where that has not been done yet; it stays."""
        url = provide(size, services=self.services, folder=self.data)
        name = url.partition("?")[0].rpartition("/")[2]
        self.warm(name)
        with self.over(name, **settings) as site:
            yield site

    def copy_database(self, source: str, name: str) -> None:
        self.drop_database(name)
        self.as_owner("CREATE DATABASE {} TEMPLATE {}", name, source)

    def drop_database(self, name: str) -> None:
        """Also while the server itself cleans up in it, which no owner may interrupt."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self.postgres.superuser() as connection:
            connection.execute(statement.format(sql.Identifier(name)))

    def warm(self, database: str) -> None:
        """Read its files once, as a day of work has: what is measured is Sash, not a disk."""
        with self.postgres.superuser() as connection:
            query = "SELECT oid FROM pg_database WHERE datname = %s"
            (oid,) = connection.execute(query, [database]).fetchone() or (0,)
        for path in (self.postgres.data / "base" / str(oid)).iterdir():
            with path.open("rb", buffering=0) as file:
                while file.read(CHUNK):
                    continue

    def as_owner(self, statement: str, *names: str) -> None:
        """Run one statement on databases by name."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def settle(self, site: Site | None = None) -> None:
        """Write out what earlier work left dirty, so that the next figure does not pay for it.

        site: its tables were just filled; the server's own cleaning, which counts rows for its
        plans, comes within a minute.
        """
        if site is not None:
            with site.connect() as connection:
                connection.execute("VACUUM ANALYZE")
        with self.postgres.superuser() as connection:
            connection.execute("CHECKPOINT")


@contextmanager
def laid_ground(data: Path, scale: Scale) -> Iterator[Ground]:
    """Durable servers over `data` for as long as the context lasts."""
    raise_open_files()
    data.parent.mkdir(exist_ok=True)
    with (
        Services(data, settings=SETTINGS) as services,
        known_to_others(data / "running.url", serve_loading(services)),
    ):
        yield Ground(data, scale, services)


@contextmanager
def known_to_others(note: Path, url: str) -> Iterator[None]:
    """Where bench.dataset looks for a server before it starts one."""
    note.touch(mode=0o600)
    note.write_text(url, encoding="ascii")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def raise_open_files() -> None:
    """Thousands of sockets need as many open files, in us and in what we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
