"""Turns DATABASE_URL into Django's DATABASES entry, and nothing else."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Waits that a page must never exceed; long work (exports, benches) raises its own. And what a
# page of an index costs on today's disks: by PostgreSQL's own 4 it reads a whole table of some
# ten thousand rows for the two that one message needs.
SETTINGS = (
    "-c statement_timeout=15000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=20000"
    " -c random_page_cost=1.1"
)


def database_from_url(url: str, *, pool_size: int) -> dict[str, Any]:
    """postgresql://user:password@host:port/name?host=/socket/folder as a Django database."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgresql://… (15 or newer). Leave it unset and use "
            "`make run` for the embedded server."
        )
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "core.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "OPTIONS": {
            **query,
            "options": SETTINGS,
            # Soon given up, since the pause between tries doubles: the next request tries anew.
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 2},
        },
        "TEST": {"NAME": None},
    }
