"""The embedded PostgreSQL of the datasets: started by whoever comes first, shared by the rest."""

import atexit
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from config.launcher.environment import KEYS
from config.services import Services
from config.services.postgres import DATABASE
from config.services.secrets_file import keep_secrets

FOLDER = Path(os.environ.get("SASH_BENCH_DATA") or Path.cwd() / ".data" / "bench")
SHARED_BUFFERS = os.environ.get("SASH_BENCH_SHARED_BUFFERS", "1GB")


def join_or_start(folder: Path = FOLDER, *, shared_buffers: str = SHARED_BUFFERS) -> str:
    """The URL of the running server's own database, started until this process ends if needed."""
    if url := running_url(folder):
        return url
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(cluster(folder, shared_buffers=shared_buffers))


def running_url(folder: Path = FOLDER) -> str:
    """Where another process keeps the server, or nothing."""
    with contextlib.suppress(OSError, psycopg.OperationalError):
        url = (folder / "running.url").read_text(encoding="ascii")
        psycopg.connect(url).close()
        return url
    return ""


@contextlib.contextmanager
def cluster(folder: Path, *, shared_buffers: str = SHARED_BUFFERS) -> Iterator[str]:
    """A durable server with the memory of a real one, as long as the context lasts."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    settings = (f"shared_buffers={shared_buffers}", "max_wal_size=4GB", "checkpoint_timeout=15min")
    with Services(folder, valkey=False, settings=settings) as services:
        url = serve_loading(services)
        note = folder / "running.url"
        note.touch(mode=0o600)
        note.write_text(url, encoding="ascii")
        try:
            yield url
        finally:
            note.unlink(missing_ok=True)


def serve_loading(services: Services) -> str:
    """The server's URL, once Sash's role may load rows without triggers.

    PostgreSQL asks its superuser for that.
    """
    if services.database is None:
        raise TypeError("a dataset needs the embedded PostgreSQL")
    with services.database.superuser() as connection:
        grant = sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}")
        connection.execute(grant.format(sql.Identifier(DATABASE)))
    return services.environment["DATABASE_URL"]


def url_of(name: str, server: str) -> str:
    """The URL of a database beside the server's own."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def environment_for(url: str, folder: Path = FOLDER) -> dict[str, str]:
    """The database with the keys that its secrets were stored under."""
    keys = keep_secrets(folder / "secrets.env", KEYS)
    return {"DATABASE_URL": url, **{name: keys[name] for name in KEYS}}
