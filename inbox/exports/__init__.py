"""Transcripts as files that people take away: PDF, JSON and CSV. Pure: no database, no clock."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inbox.exports.pdf import write_pdf
from inbox.exports.tables import write_csv

Transcript = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to be saved, never shown inline."""

    name: str
    content_type: str
    content: bytes


def write_json(transcript: Transcript) -> bytes:
    """The transcript itself, for people who look at it and programs that read it."""
    return json.dumps(transcript, ensure_ascii=False, indent=2, sort_keys=True).encode()


WRITERS: dict[str, tuple[str, Callable[[Transcript], bytes]]] = {
    "pdf": ("application/pdf", write_pdf),
    "json": ("application/json", write_json),
    "csv": ("text/csv; charset=utf-8", write_csv),
}


def export_transcript(transcript: Transcript, form: str) -> ExportedFile:
    """The transcript of inbox.queries.transcripts as a file. KeyError for another form."""
    content_type, write = WRITERS[form]
    number = int(transcript["conversation"]["id"])
    return ExportedFile(f"conversation-{number}.{form}", content_type, write(transcript))
