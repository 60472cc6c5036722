"""Queries whose SQL is written once a process and planned once a connection.

For the few wide queries behind every click: Django takes longer to write such SQL, and
PostgreSQL to plan it, than its rows take to be read. Constants stay in the text, so that the
plan may use an index made for them; what differs from click to click is a parameter.
"""

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model, QuerySet
from psycopg import sql
from psycopg.types.numeric import Int8

Row = TypeVar("Row", bound=Model)
Given = int | datetime | list[int]
MOST_SHAPES = 500
FAR = -(10**17)  # no id, and no number that a query would name


class PreparedCursor(ServerBindingCursor):
    """Keeps the plan of what it runs, which Django forbids its connections otherwise."""

    def execute(self, query: str, params: Any = None) -> Any:
        connection = self.connection  # type: ignore[attr-defined]
        connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=True)  # type: ignore[misc]
        finally:
            connection.prepare_threshold = None


class Prepared(Generic[Row]):
    """`make(shape, *values)` writes the query; values: ids, moments, arrays of ids.

    Every shape has SQL of its own: whatever changes the text, such as the number of an `IN`,
    belongs to it. A value may be used often, and a moment be moved by a constant.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]]) -> None:
        self.make = make
        self.shapes: dict[Hashable, Shape[Row]] = {}

    def read(self, shape: Hashable, *values: Given) -> list[Row]:
        """The rows of one run. Kinds of values are part of the shape by themselves."""
        key = (shape, tuple(map(type, values)))
        found = self.shapes.get(key)
        if found is None:
            if len(self.shapes) >= MOST_SHAPES:
                self.shapes.clear()
            stand_ins = [stand_in(index, value) for index, value in enumerate(values)]
            found = self.shapes[key] = Shape(self.make(shape, *stand_ins), stand_ins)
        return found.read(values)


def stand_in(index: int, value: Given) -> Given:
    """A value of the same kind that will be known again among the parameters."""
    if isinstance(value, datetime):
        return datetime(1, 1 + index, 15, tzinfo=UTC)
    return [FAR - index] if isinstance(value, list) else FAR - index


class Shape(Generic[Row]):
    """One query as it was written: text, places of the values, and the rows' own reading."""

    def __init__(self, rows: QuerySet[Row], stand_ins: Sequence[Given]) -> None:
        self.rows = rows
        self.compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        text, params = self.compiler.as_sql()
        self.places: list[tuple[int, timedelta | None]] = []
        pieces = text.replace("%%", "\0").split("%s")
        written = [pieces[0]]
        for param, piece in zip(params, pieces[1:], strict=True):
            place = find(param, stand_ins)
            if place is None:
                literal = sql.Literal(param).as_string(connections[DEFAULT_DB_ALIAS].connection)
                written.append(literal.replace("%", "%%"))
            else:
                self.places.append(place)
                written.append("%s")
            written.append(piece)
        self.text = "".join(written).replace("\0", "%%")

    def read(self, values: Sequence[Given]) -> list[Row]:
        params = tuple(
            fit(values[index] if shift is None else values[index] + shift)  # type: ignore[operator]
            for index, shift in self.places
        )
        asked = self.rows.all()
        asked.query.get_compiler = lambda *_, **__: self.again(params)  # type: ignore[method-assign]
        return list(asked)

    def again(self, params: tuple[Any, ...]) -> Any:
        """The compiler as it was after writing, for this thread's connection."""
        compiler = copy(self.compiler)
        compiler.connection = Prepares(connections[DEFAULT_DB_ALIAS])
        compiler.as_sql = lambda *_, **__: (self.text, params)
        return compiler


class Prepares:
    """A connection of Django's, but for its cursors."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def cursor(self) -> Any:
        self.connection.close_if_health_check_failed()
        self.connection.ensure_connection()
        with self.connection.wrap_database_errors:
            cursor = PreparedCursor(self.connection.connection)  # type: ignore[call-arg]
            return self.connection._prepare_cursor(cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


def find(param: Any, stand_ins: Sequence[Given]) -> tuple[int, timedelta | None] | None:
    """Which value a parameter stands for, and by how much a moment was moved."""
    if isinstance(param, datetime) and param.year == 1:
        index = param.month - 1
        return index, param - stand_ins[index]  # type: ignore[operator]
    return (stand_ins.index(param), None) if param in stand_ins else None


def fit(value: Any) -> Any:
    """Always the same width, since a plan is kept for the types of its parameters."""
    if isinstance(value, list):
        return [Int8(each) for each in value]
    return Int8(value) if isinstance(value, int) else value
