"""The editor's form, as it is posted, into a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.media import StoredFile, delete_file
from core.uploads import RefusedFile, store_upload
from templates_app.contents import MEDIA, fits
from templates_app.drafting import EDITED_BUTTONS, Draft, DraftButton, places
from templates_app.models import MessageTemplate

AUTHENTICATION = MessageTemplate.Category.AUTHENTICATION
MOST_CHARACTERS = 4096  # of any field: more is cut before it is looked at
MOST_BUTTONS = 20
PARTS = ("text", "target", "example")
BUTTON = re.compile(r"buttons\.(\d{1,2})\.kind")
ADD, REMOVE, UP = "add:", "remove:", "up:"


class UnfitSample(Exception):
    """The header's example file will not do; the text says why."""


def read_post(data: QueryDict, base: Draft) -> Draft:
    """What was written. base: the template as it stands, for what the form does not hold."""
    names = [*places(_text(data, "header_text")), *places(_text(data, "body"))]
    keys = {f"{part}.{name}" for part in ("header", "body") for name in names}
    category, minutes = _text(data, "category"), _text(data, "minutes").strip()
    header = "" if category == AUTHENTICATION else _text(data, "header")
    return replace(
        base,
        name=_text(data, "name").strip(),
        language=_text(data, "language"),
        category=category,
        header=header,
        header_text=_text(data, "header_text").strip(),
        handle=base.handle if header == base.header else "",
        body=_text(data, "body").replace("\r\n", "\n").strip(),
        footer=_text(data, "footer").strip(),
        buttons=tuple(
            row
            for row in _read_buttons(data, base)
            if category != AUTHENTICATION or not row.is_edited
        ),
        examples={key: _text(data, f"examples.{key}").strip() for key in keys},
        advice="advice" in data,
        minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 5 else None,
    )


def _read_buttons(data: QueryDict, base: Draft) -> list[DraftButton]:
    numbers = sorted({int(found[1]) for key in data if (found := BUTTON.fullmatch(key))})
    rows = [_read_button(data, f"buttons.{number}", base) for number in numbers]
    return [row for row in rows if row is not None][:MOST_BUTTONS]


def _read_button(data: QueryDict, field: str, base: Draft) -> DraftButton | None:
    """What was written, on top of the button that it was before."""
    kind, kept = _text(data, f"{field}.kind"), _text(data, f"{field}.kept")
    has_origin = kept.isdecimal() and len(kept) < 3 and int(kept) < len(base.buttons)
    origin = base.buttons[int(kept)] if has_origin else None
    if kind not in EDITED_BUTTONS:
        return origin
    text, target, example = (_text(data, f"{field}.{part}").strip() for part in PARTS)
    if origin is None or origin.kind != kind:
        origin = DraftButton(kind)
    return replace(origin, text=text, target=target, example=example)


def rearranged(draft: Draft, wish: str) -> Draft:
    """A button more or less, or one further up, as its own submit button asks for."""
    rows = list(draft.buttons)
    if wish.startswith(ADD) and (kind := wish.removeprefix(ADD)) in EDITED_BUTTONS:
        rows.append(DraftButton(kind))
    elif (place := _place(wish, REMOVE)) is not None and place < len(rows):
        del rows[place]
    elif (place := _place(wish, UP)) is not None and 0 < place < len(rows):
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    return replace(draft, buttons=tuple(rows[:MOST_BUTTONS]))


def _place(wish: str, word: str) -> int | None:
    text = wish.removeprefix(word)
    return int(text) if wish.startswith(word) and text.isdecimal() and len(text) < 3 else None


def read_sample(files: Mapping[str, UploadedFile[bytes]], draft: Draft) -> StoredFile | None:
    """The example of the header, stored; None where none came. Raises UnfitSample."""
    upload = files.get("sample")
    if upload is None or draft.header not in MEDIA:
        return None
    try:
        stored = store_upload(upload, kinds=[MEDIA[draft.header]])
    except RefusedFile as error:
        raise UnfitSample(str(error)) from error
    if not fits(stored.mime_type, draft.header):
        delete_file(stored.name)
        raise UnfitSample(_("A PDF is needed here."))
    return stored


def _text(data: QueryDict, name: str) -> str:
    return str(data.get(name, ""))[:MOST_CHARACTERS]
