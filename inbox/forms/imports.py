"""A file of contacts before it is taken: its headings, which column is what, its first rows."""

import csv
import io
from dataclasses import dataclass, field

from django.http import QueryDict

from inbox.actions.contact_files import (
    FIELDS,
    Row,
    UnreadableFile,
    decode,
    dialect_of,
    match_headings,
    read_rows,
)
from inbox.actions.contact_imports import read_candidate
from inbox.actions.contacts import InvalidContact

LARGEST = 5 * 1024 * 1024
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the preview: what it says, column by column, and why it would not be taken."""

    number: int
    values: list[str]
    problem: str


@dataclass(slots=True)
class Preview:
    """What a file would do."""

    headings: list[str]
    columns: dict[str, int]
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    wrong: int = 0
    error: str = ""


def read_headings(content: bytes) -> list[str]:
    """The first line of the table. Raises UnreadableFile."""
    text = decode(content)
    try:
        return next(csv.reader(io.StringIO(text, newline=""), dialect_of(text)))
    except (StopIteration, csv.Error) as error:
        raise UnreadableFile("The file is empty, or is no table.") from error


def read_columns(data: QueryDict, headings: list[str]) -> dict[str, int]:
    """Which column holds what: as chosen, or else as the headings say."""
    if not any(f"column.{name}" in data for name in FIELDS):
        try:
            return match_headings(headings)
        except UnreadableFile:
            return {}
    chosen = {name: data.get(f"column.{name}", "") for name in FIELDS}
    return {
        name: int(place)
        for name, place in chosen.items()
        if place.isdecimal() and len(place) < 6 and int(place) < len(headings)
    }


def preview_file(content: bytes, columns: dict[str, int], headings: list[str]) -> Preview:
    """Read all rows, show the first, count those that would be refused."""
    preview = Preview(headings, columns)
    if not {"phone", "email"} & columns.keys():
        preview.error = "Choose the column of the phone number or of the e-mail address."
        return preview
    try:
        for row in read_rows(content, columns):
            problem = _problem(row)
            preview.total += 1
            preview.wrong += bool(problem)
            if preview.total <= SHOWN:
                values = [row.values[name] for name in FIELDS if name in columns]
                preview.lines.append(Line(row.line, values, problem))
    except UnreadableFile as error:
        preview.error = str(error)
    return preview


def _problem(row: Row) -> str:
    try:
        read_candidate(row.values)
    except InvalidContact as error:
        return str(error)
    return ""
