"""The one short way to the SQL that the ORM cannot say: many rows in as JSON, tuples out.

JSON, since one text of a thousand rows is written and read much faster than an array a column:
`json_to_recordset(%s) AS n (id bigint, at timestamptz)`, `json_array_elements_text(%s)`.
"""

from collections.abc import Iterable
from typing import Any

import orjson
import psycopg
from django.db import connection


def fetch(statement: str, *parameters: Any, **named: Any) -> list[tuple[Any, ...]]:
    """Run one statement on Django's connection, within its transaction; the rows it returns.

    The server plans it once a connection, and answers in binary. Times are in UTC.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    link = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(link) as cursor:
        link.prepare_threshold = 0
        try:
            cursor.execute(statement, named or parameters, prepare=True, binary=True)
        finally:
            link.prepare_threshold = None  # the ORM writes values into its statements
        return cursor.fetchall() if cursor.description else []


def as_json(rows: Iterable[Any]) -> str:
    """Dictionaries or plain values, as a parameter of `fetch`. Times keep their microseconds."""
    return orjson.dumps(rows if isinstance(rows, list) else list(rows)).decode()
