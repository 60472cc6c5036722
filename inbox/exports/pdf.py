"""Transcripts as PDF: plain text and lines, nothing fetched, nothing interpreted."""

from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from inbox.exports.fonts import FOLDER, drawable, fonts_for, needs_shaping
from inbox.exports.words import describe_event, describe_message

INK, FAINT, RED = (28, 30, 33), (105, 110, 118), (176, 32, 32)
NOTE = (255, 246, 214)
RIGHT_TO_LEFT = (0x0590, 0x08FF)


def write_pdf(transcript: dict[str, Any]) -> bytes:
    """The conversation as it was, page by page, in whatever scripts it was written."""
    page = Page(transcript)
    page.write_head(transcript)
    items = [("message", row) for row in transcript["messages"]]
    items += [("event", row) for row in transcript["events"]]
    for kind, row in sorted(items, key=lambda item: item[1]["at"]):
        if kind == "event":
            page.write_event(row)
        else:
            page.write_message(row)
    return bytes(page.output())


class Page(FPDF):
    """A4 with the shipped fonts; only those are loaded that the transcript needs."""

    def __init__(self, transcript: dict[str, Any]) -> None:
        super().__init__(format="A4")
        self.add_font("Sans", "", FOLDER / "NotoSans-Regular.ttf")
        self.add_font("Sans", "B", FOLDER / "NotoSans-Bold.ttf")
        fallbacks = fonts_for(texts_of(transcript))
        for font in fallbacks:
            self.add_font(font, "", FOLDER / f"{font}.ttf")
        self.set_fallback_fonts(fallbacks, exact_match=False)
        self.set_auto_page_break(True, margin=18)
        self.set_title(f"Conversation {transcript['conversation']['id']}")
        self.set_creator("Sash")
        self.label = f"Conversation {transcript['conversation']['id']}"
        self.add_page()

    def footer(self) -> None:
        """Which conversation, which page."""
        self.set_y(-14)
        self._style(8, FAINT)
        self.cell(0, 6, f"{self.label}   {self.page_no()}", align="C")

    def write_head(self, transcript: dict[str, Any]) -> None:
        """Who spoke with whom, when, and in whose hands it was."""
        conversation, contact = transcript["conversation"], transcript["contact"]
        name = contact["name"] or contact["profile_name"] or f"Contact {contact['id']}"
        self._style(16, INK, "B")
        self._write(name, 8)
        people = ", ".join(dict.fromkeys(row["name"] for row in transcript["participants"]))
        addresses = ", ".join(dict.fromkeys(row["value"] for row in contact["identities"]))
        for label, value in (
            ("Reached at", addresses),
            ("Channel", f"{conversation['channel']} {conversation['number']}"),
            ("Team", conversation["team"]),
            ("Took part", people),
            ("From", moment(conversation["opened_at"])),
            ("Closed", f"{moment(conversation['closed_at'])} {conversation['close_reason']}"),
            ("Written", moment(transcript["written_at"])),
        ):
            if value.strip():
                self._style(9, FAINT)
                self._write(f"{label}: {value.strip()}", 5)
        self.ln(4)

    def write_message(self, row: dict[str, Any]) -> None:
        """Author and time, the words, what became of it, and its files."""
        is_note = row["direction"] == "note"
        mark = {"in": "", "out": " (us)", "note": " (private note)"}[row["direction"]]
        self._style(9, INK, "B")
        self._write(f"{row['author'] or row['author_kind']}{mark}   {moment(row['at'])}", 5)
        self._style(10.5, INK)
        self._write(describe_message(row) or " ", 5.5, fill=is_note)
        if state := state_of(row):
            self._style(8, RED if row["status"] == "failed" else FAINT)
            self._write(state, 4.5)
        for file in row["attachments"]:
            self._style(8, FAINT)
            self._write(f"{file['mime_type']}, SHA-256 {file['sha256'] or 'unknown'}", 4.5)
        self.ln(2.5)

    def write_event(self, row: dict[str, Any]) -> None:
        """A slim line."""
        who = (row["actor"] or {}).get("name", "") or "Sash"
        self._style(8.5, FAINT)
        self._write(f"{moment(row['at'])}   {who} {describe_event(row)}", 5)
        self.ln(1.5)

    def _style(self, size: float, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font("Sans", style, size)
        self.set_text_color(*colour)

    def _write(self, text: str, height: float, *, fill: bool = False) -> None:
        self.set_fill_color(*NOTE)
        for line in drawable(text).split("\n"):
            self.set_text_shaping(needs_shaping(line))
            self.multi_cell(
                0,
                height,
                line or " ",
                align="R" if begins_right(line) else "L",
                fill=fill,
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )


def texts_of(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts_of(part)]


def begins_right(line: str) -> bool:
    """The first letter belongs to a script that is written from the right."""
    first = next((char for char in line if char.isalpha()), "")
    return bool(first) and RIGHT_TO_LEFT[0] <= ord(first) <= RIGHT_TO_LEFT[1]


def moment(stamp: str | None) -> str:
    """2026-03-02 10:00:05 UTC."""
    return f"{stamp[:10]} {stamp[11:19]} UTC" if stamp else ""


def state_of(row: dict[str, Any]) -> str:
    """What became of a message of ours."""
    if row["direction"] != "out":
        return ""
    if row["status"] == "failed":
        return f"Not delivered: {row['error_code'] or ''} {row['error_detail']}".strip()
    times = [f"{name} {moment(row[f'{name}_at'])}" for name in ("delivered", "read")]
    return ", ".join(time for time in times if not time.endswith(" ")) or row["status"]
