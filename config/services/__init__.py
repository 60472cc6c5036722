"""The embedded PostgreSQL and Valkey: the only place that starts them.

Both come as wheels whose programs are run here by argument list. `make run`, the tests and
the benches all use `Services`; whoever has servers of their own needs none of this.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from config.services.children import Child, account_for
from config.services.home import ServiceError, find_home, only_one, prepare_folder
from config.services.postgres import Postgres, url_of
from config.services.secrets_file import keep_secrets, password, read_secrets
from config.services.valkey import Valkey

__all__ = ["ServiceError", "Services", "running_database"]

PASSWORDS = dict.fromkeys(("POSTGRES_PASSWORD", "DATABASE_PASSWORD", "VALKEY_PASSWORD"), password)


class Services:
    """PostgreSQL and Valkey with their data in one folder, for as long as the context lasts.

    `environment` then holds DATABASE_URL and REDIS_URL, `children` the two processes by name,
    and `home` the folder of their files, which is `data` but for root's closed folders. `database`
    and `store` can start a server again that was killed on purpose.
    `durable=False` gives up safety at a power cut for speed: for tests alone. Either server
    can be left out where one's own is used. `settings` are more of PostgreSQL's, "name=value".
    Raises ServiceError, whose text says what to do.
    """

    def __init__(
        self,
        data: Path,
        *,
        durable: bool = True,
        postgres: bool = True,
        valkey: bool = True,
        settings: Sequence[str] = (),
    ) -> None:
        self.data = self.home = data.absolute()
        self.durable = durable
        self.postgres = postgres
        self.valkey = valkey
        self.settings = tuple(settings)
        self.environment: dict[str, str] = {}
        self.children: dict[str, Child] = {}
        self.database: Postgres | None = None
        self.store: Valkey | None = None
        self.cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.start(stack)
            self.cleanup = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.cleanup.close()

    def start(self, stack: contextlib.ExitStack) -> None:
        """Start what is wanted; the stack stops it in the reverse order."""
        prepare_folder(self.data)
        account = account_for(self.data)
        self.home = find_home(self.data, account)
        stack.enter_context(only_one(self.home))
        secrets = keep_secrets(self.data / "secrets.env", PASSWORDS)
        if self.postgres:
            self.database = Postgres(
                self.home, secrets, account, durable=self.durable, settings=self.settings
            )
            self.children["postgres"] = stack.enter_context(self.database.running())
            self.environment["DATABASE_URL"] = self.database.url
        if self.valkey:
            secret = secrets["VALKEY_PASSWORD"]
            self.store = Valkey(self.home, secret, account, durable=self.durable)
            self.children["valkey"] = stack.enter_context(self.store.running())
            self.environment["REDIS_URL"] = self.store.url


def running_database(data: Path) -> str:
    """DATABASE_URL of the embedded server that another process runs over `data`; else empty."""
    home = data / "services" if (data / "services").is_dir() else data
    sockets = home / "sockets"
    if not sockets.is_dir():
        return ""
    return url_of(read_secrets(data / "secrets.env"), sockets.resolve())
