"""`migrate` with the time that a large inbox needs."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's own, without the patience of a page: an index over ten million rows takes longer.

    Waiting for a lock still ends soon, so that a migration never stands in everybody's way.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            try:
                super().handle(*args, **options)
            finally:
                cursor.execute("RESET statement_timeout")
