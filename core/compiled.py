"""Queries whose SQL is written once a process, for what is asked at every message.

Django writes the SQL of a query anew each time it runs, which for a wide one takes several
times as long as the database does. Everything else of the query stays as it is.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, Generic, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, Model, QuerySet, Value

Row = TypeVar("Row", bound=Model)
NONE_YET = [-1]


class Compiled(Generic[Row]):
    """`make` writes the query for an array of ids: `Compiled(lambda ids: rows.filter(…ids…))`."""

    def __init__(self, make: Callable[[Value], QuerySet[Row]]) -> None:
        self.make = make
        self.rows: QuerySet[Row] | None = None
        self.compiler: Any = None
        self.sql = ""
        self.params: tuple[Any, ...] = ()

    def read(self, ids: Iterable[int]) -> list[Row]:
        """The rows for these ids, by one run of the query."""
        if self.rows is None:
            ids_to_come = Value(NONE_YET, output_field=ArrayField(BigIntegerField()))
            rows = self.make(ids_to_come)
            self.compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
            self.sql, self.params = self.compiler.as_sql()
            self.rows = rows
        asked = self.rows.all()
        given = list(ids)
        params = tuple(given if each == NONE_YET else each for each in self.params)
        asked.query.get_compiler = lambda *_, **__: self.again(params)  # type: ignore[method-assign]
        return list(asked)

    def again(self, params: tuple[Any, ...]) -> Any:
        """The compiler as it was after writing, with other parameters, for this thread."""
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_, **__: (self.sql, params)
        return compiler
