"""Consent as CSV: every statement with its moment, source and words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from inbox.exports.tables import safe_cell
from inbox.models import Consent

COLUMNS = (
    *("contact", "name", "channel", "purpose", "agreed"),
    *("said_at", "recorded_at", "source", "recorded_by", "words"),
)


def write_consents(rows: Iterable[Consent]) -> bytes:
    """One line a statement, in the order given; UTF-8 with the mark that Excel needs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (
            *(str(row.contact_id), str(row.contact), row.transport, row.purpose),
            *("yes" if row.is_granted else "no", row.at.isoformat(), row.recorded_at.isoformat()),
            *(row.source, str(row.recorded_by or ""), row.wording),
        )
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")
