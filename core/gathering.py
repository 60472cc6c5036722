"""Related rows in the same statement as their owners, where a prefetch would ask once more.

`gather(rows, labels=Gathered(Label.objects.filter(conversations=OuterRef("pk")), "name"))`
gives every row `row.labels.all()` as a prefetch would. A path such as `contact__identities`
hangs them on what is selected beside the row; a name that is no relation is a plain list.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import DateTimeField, Func, JSONField, Model, QuerySet, UUIDField
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)
PREFIX = "gathered__"


class Reader:
    """Which columns to ask for, and an instance from their values as JSON."""

    def __init__(self, model: type[Model], fields: Sequence[str]) -> None:
        meta = model._meta
        nested: dict[str, list[str]] = {}
        own: set[str | None] = {meta.pk.attname}
        for name in fields:
            relation, _, rest = name.partition("__")
            own.add(getattr(meta.get_field(relation), "attname", None) if rest else name)
            if rest:
                nested.setdefault(relation, []).append(rest)
        # `from_db` takes values in the order of the model's own columns.
        concrete = [field for field in meta.concrete_fields if field.attname in own]
        self.model = model
        self.names = [field.attname for field in concrete]
        self.extras = [name for name in fields if "__" not in name and name not in self.names]
        self.columns = [*self.names, *self.extras]
        self.converts: list[tuple[int, Callable[[Any], Any]]] = [
            (index, field.to_python)
            for index, field in enumerate(concrete)
            if isinstance(field, DateTimeField | UUIDField)
        ]
        self.nested: list[tuple[Any, int, Reader]] = []
        for relation, names in nested.items():
            field: Any = meta.get_field(relation)
            reader = Reader(field.related_model, names)
            self.nested.append((field, len(self.columns), reader))
            self.columns += [f"{relation}__{column}" for column in reader.columns]

    def read(self, values: list[Any]) -> Model:
        own = values[: len(self.names)]
        for index, convert in self.converts:
            own[index] = convert(own[index])
        row = self.model.from_db(DEFAULT_DB_ALIAS, self.names, own)
        for index, name in enumerate(self.extras, len(self.names)):
            setattr(row, name, values[index])
        for field, start, reader in self.nested:
            part = values[start : start + len(reader.columns)]
            field.set_cached_value(row, None if part[0] is None else reader.read(part))
        return row


class Gathered(ArraySubquery):
    """A correlated query's rows as instances of some fields: their id, and the named ones.

    fields: columns and annotations; `user__name` gives the instance a user whose name is known.
    Any other field of an instance is deferred, and costs a query.
    """

    def __init__(self, queryset: QuerySet[Any], *fields: str) -> None:
        self.reader = Reader(queryset.model, fields)
        row = Func(*self.reader.columns, function="jsonb_build_array", output_field=JSONField())
        super().__init__(queryset.values_list(row))


class Gathering(ModelIterable):  # type: ignore[type-arg]
    """Hangs what was gathered where the model's own accessors look for it."""

    def __iter__(self) -> Iterator[Any]:
        parts = [
            (name, name.removeprefix(PREFIX).split("__"), part.reader)
            for name, part in self.queryset.query.annotations.items()
            if isinstance(part, Gathered)
        ]
        for row in super().__iter__():
            for name, path, reader in parts:
                hang(row, path, [reader.read(values) for values in row.__dict__.pop(name)])
            yield row


def gather(rows: QuerySet[Row], **parts: Gathered) -> QuerySet[Row]:
    """The same rows, each with these related rows; filters, slices and so on go on as ever."""
    gathered: QuerySet[Row] = rows.annotate(
        **{PREFIX + path: part for path, part in parts.items()}
    )
    gathered._iterable_class = Gathering
    return gathered


class Known(list[Any]):
    """Stands where a prefetched query set would, at a twentieth of what one costs to make.

    Read, it is a list. Asked for anything more (`filter`, `count`), it becomes the real query.
    """

    def __init__(self, rows: list[Model], owner: Model, name: str) -> None:
        super().__init__(rows)
        self.owner, self.relation = owner, name

    def query(self) -> QuerySet[Any]:
        known = self.owner.__dict__["_prefetched_objects_cache"]
        here = known.pop(self.relation)
        try:
            rows: QuerySet[Any] = getattr(self.owner, self.relation).get_queryset()
            return rows
        finally:
            known[self.relation] = here

    def count(self) -> int:  # type: ignore[override]
        return len(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.query(), name)


def hang(owner: Model, path: list[str], found: list[Model]) -> None:
    """Where `owner.relation.all()` finds it without a query, as after a prefetch."""
    for step in path[:-1]:
        owner = getattr(owner, step)
    name = path[-1]
    if hasattr(type(owner), name):
        known = owner.__dict__.setdefault("_prefetched_objects_cache", {})
        known[name] = Known(found, owner, name)
    else:
        setattr(owner, name, found)
