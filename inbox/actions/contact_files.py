"""Reads a file of contacts: whatever encoding, separator and headings a spreadsheet gave it."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

LARGEST = 50_000
FIELDS = ("name", "phone", "email", "company", "language", "marketing", "utility")
# Headings as people write them, in the languages that Sash speaks and some more.
HEADINGS = {
    "name": "name, full name, contact, customer, nombre, nombre completo, nome, nome completo,"
    " nom, kunde, الاسم",
    "phone": "phone, phone number, mobile, mobile number, telephone, tel, whatsapp,"
    " whatsapp number, number, teléfono, telefono, celular, móvil, telefone, telemóvel, número,"
    " téléphone, portable, telefon, handy, الهاتف, الجوال",
    "email": "email, e-mail, mail, email address, e-mail address, correo, correo electrónico,"
    " courriel, البريد",
    "company": "company, organisation, organization, business, empresa, société, entreprise,"
    " firma, الشركة",
    "language": "language, lang, locale, idioma, langue, sprache, اللغة",
    "marketing": "marketing, marketing consent, marketing opt-in, whatsapp marketing,"
    " consentimiento marketing, consentimento marketing",
    "utility": "utility, utility consent, utility opt-in, whatsapp utility",
}


class UnreadableFile(Exception):
    """Not a table of contacts; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, what it says by field, and all its cells as they stood."""

    line: int
    values: dict[str, str]
    cells: list[str]


def read_rows(content: bytes, columns: Mapping[str, int] | None = None) -> list[Row]:
    """The rows below the headings of a CSV or tab-separated file, blank ones left out.

    columns: field -> position of its column, from 0; None: by the headings.
    Raises UnreadableFile, also for more than 50,000 rows.
    """
    lines = _cells(decode(content).replace("\0", ""))
    _, headings = next(lines, (0, []))
    places = dict(columns) if columns else match_headings(headings)
    rows = [_row(line, cells, places) for line, cells in islice(lines, LARGEST)]
    if next(lines, None) is not None:
        raise UnreadableFile(f"There are more than {LARGEST:,} rows: divide the file.")
    return rows


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number and cells."""
    reader = csv.reader(io.StringIO(text, newline=""), dialect_of(text))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num}: {error}.") from None


def _row(line: int, cells: list[str], places: Mapping[str, int]) -> Row:
    values = {
        field: cells[place].strip() if place < len(cells) else ""
        for field, place in places.items()
    }
    return Row(line, values, cells)


def decode(content: bytes) -> str:
    """Text of UTF-8, UTF-16 with a mark, or what Windows writes in the West."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def dialect_of(text: str) -> type[csv.Dialect]:
    """Whichever of comma, semicolon and tab stands most often in the headings."""
    first = text.lstrip().split("\n", 1)[0]
    mark = max(",;\t", key=first.count)

    class Dialect(csv.excel):
        delimiter = mark

    return Dialect


def match_headings(headings: list[str]) -> dict[str, int]:
    """Field -> column. Raises UnreadableFile without a column to recognise people by."""
    known = {word: field for field, text in HEADINGS.items() for word in text.split(", ")}
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        field = known.get(" ".join(heading.casefold().replace("_", " ").split()).strip(":"))
        if field is not None:
            places.setdefault(field, place)
    if not {"phone", "email"} & places.keys():
        raise UnreadableFile(
            "No column is called phone or email. The first line must name the columns: "
            + ", ".join(FIELDS)
            + "."
        )
    return places
