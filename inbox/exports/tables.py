"""Transcripts as CSV that no spreadsheet takes for a formula."""

import csv
import io
import re
from typing import Any

from inbox.exports.words import describe_event, describe_message

COLUMNS = (
    "at",
    "direction",
    "author",
    "kind",
    "text",
    "status",
    "sent_at",
    "delivered_at",
    "read_at",
    "failed_at",
    "error",
    "files",
    "sha256",
)
# What Excel, LibreOffice and Google Sheets begin a formula with (CWE-1236).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PHONE = re.compile(r"\+[0-9]{5,15}")


def write_csv(transcript: dict[str, Any]) -> bytes:
    """One line a message, note or event, in their order; UTF-8 with the mark that Excel needs."""
    rows = [_message(row) for row in transcript["messages"]]
    rows += [_event(row) for row in transcript["events"]]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in sorted(rows, key=lambda row: row["at"]):
        writer.writerow({column: safe_cell(cell) for column, cell in row.items()})
    return out.getvalue().encode("utf-8-sig")


def safe_cell(text: str) -> str:
    """Text that stays text: an apostrophe before what could be a formula, but phone numbers."""
    text = text.replace("\0", "")
    if text.lstrip(" \u00a0").startswith(DANGEROUS) and not PHONE.fullmatch(text):
        return "'" + text
    return text


def _message(row: dict[str, Any]) -> dict[str, str]:
    files = row["attachments"]
    return {
        **{name: row[name] or "" for name in COLUMNS if name in row and name != "text"},
        "text": describe_message(row),
        "error": f"{row['error_code'] or ''} {row['error_detail']}".strip(),
        "files": "; ".join(file["filename"] or file["kind"] for file in files),
        "sha256": "; ".join(file["sha256"] for file in files),
    }


def _event(row: dict[str, Any]) -> dict[str, str]:
    return {
        "at": row["at"],
        "direction": "event",
        "author": (row["actor"] or {}).get("name", ""),
        "kind": row["kind"],
        "text": describe_event(row),
    }
