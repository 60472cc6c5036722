"""The backend that DATABASES names as its ENGINE."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at each connection that comes out of the pool itself, so CONN_HEALTH_CHECKS is off.

    The pool's own check pauses after each dead connection, longer every time: a server's restart
    leaves a whole pool of them, and requests would fail for minutes.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that answers. Raises OperationalError (PoolTimeout when none comes)."""
        connection = super().get_new_connection(conn_params)
        if self.pool is None:
            return connection
        try:
            ConnectionPool.check_connection(connection)
        except psycopg.OperationalError:
            self.pool.putconn(connection)
            self.pool.check()
            connection = super().get_new_connection(conn_params)
        return connection
