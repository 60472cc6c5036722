"""The one short way to the SQL that the ORM cannot say: arrays in, rows out."""

from typing import Any

from django.db import connection


def fetch(statement: str, *parameters: Any, **named: Any) -> list[tuple[Any, ...]]:
    """Run one statement on Django's connection, within its transaction; the rows it returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, named or parameters)
        return cursor.fetchall() if cursor.description else []
