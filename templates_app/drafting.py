"""A template as its editor holds it: read from Meta's components, and written as Meta takes them.

Whatever the editor does not know (carousels, offers, keys of new kinds) is kept as it came, so
that reading and writing a template changes nothing that nobody touched. Meta, "Template
components".
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from templates_app.contents import MEDIA, PLACE, examples_of
from templates_app.models import MessageTemplate

Component = dict[str, Any]
ORDER = ("HEADER", "LIMITED_TIME_OFFER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL")
CODE = "123456"  # of an authentication template, whose body is Meta's own
TEXT, LOCATION = "TEXT", "LOCATION"
KNOWN = {
    *("type", "format", "text", "example", "buttons"),
    *("add_security_recommendation", "code_expiration_minutes"),
}
KNOWN_OF_BUTTON = {"type", "text", "url", "phone_number", "example"}
EDITED_BUTTONS = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE")
TARGETS = {"URL": "url", "PHONE_NUMBER": "phone_number"}


@dataclass(frozen=True, slots=True)
class DraftButton:
    """target: the link, or the number to call. example: the link's end, or the code to copy.

    kept: the button as it came; origin: which one of the template's it was.
    """

    kind: str
    text: str = ""
    target: str = ""
    example: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    origin: int | None = None

    @property
    def is_edited(self) -> bool:
        return self.kind in EDITED_BUTTONS


@dataclass(frozen=True, slots=True)
class Draft:
    """header: "", TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, or one that is kept as it came.

    handle: Meta's handle of the header's sample file. examples: by "header.1",
    "body.first_name" and so on. advice and minutes: an authentication template's security
    recommendation, and after how many minutes its code expires. kept: every component as it
    came.
    """

    name: str = ""
    language: str = ""
    category: str = ""
    header: str = ""
    header_text: str = ""
    handle: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[DraftButton, ...] = ()
    examples: Mapping[str, str] = field(default_factory=dict)
    advice: bool = False
    minutes: int | None = None
    kept: tuple[Component, ...] = ()

    @property
    def is_authentication(self) -> bool:
        return self.category == MessageTemplate.Category.AUTHENTICATION

    @property
    def parameter_format(self) -> str:
        """NAMED as soon as one variable has a name."""
        names = [*places(self.header_text), *places(self.body)]
        return "NAMED" if any(not name.isdecimal() for name in names) else "POSITIONAL"

    def values(self) -> dict[str, str]:
        """The examples, as values that fill every place of the template."""
        found = {"body.1": CODE} if self.is_authentication else {}
        links = {f"button.{index}": row.example for index, row in enumerate(self.buttons)}
        return {**found, **self.examples, **links}

    def components(self) -> list[Component]:
        """As Meta takes them, types in upper case, in Meta's order."""
        kept = {str(part["type"]): part for part in self.kept}
        written = {
            "HEADER": self._header(kept.get("HEADER", {})),
            "BODY": self._body(kept.get("BODY", {})),
            "FOOTER": self._footer(kept.get("FOOTER", {})),
            "BUTTONS": self._buttons(),
        }
        parts = {**kept, **written}
        order = [*ORDER, *(kind for kind in parts if kind not in ORDER)]
        return [
            {"type": kind, **_beside(KNOWN, kept.get(kind, {})), **parts[kind]}
            for kind in order
            if parts.get(kind)
        ]

    def body_to_create(self) -> dict[str, Any]:
        """What `POST /<WABA>/message_templates` takes."""
        return {
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components(),
        }

    def _header(self, kept: Component) -> Component:
        if not self.header:
            return {}
        if self.header == TEXT:
            part = {"format": TEXT, "text": self.header_text}
            return part | _text_example("header", self.header_text, self.examples)
        if self.header in MEDIA:
            return {"format": self.header, "example": {"header_handle": [self.handle]}}
        return kept if kept.get("format") == self.header else {"format": self.header}

    def _body(self, kept: Component) -> Component:
        if self.is_authentication:
            return _wording(kept) | {"add_security_recommendation": self.advice}
        return {"text": self.body} | _text_example("body", self.body, self.examples)

    def _footer(self, kept: Component) -> Component:
        if self.is_authentication:
            ends = {"code_expiration_minutes": self.minutes} if self.minutes else {}
            return _wording(kept) | ends
        return {"text": self.footer} if self.footer else {}

    def _buttons(self) -> Component:
        rows = [_button(row) for row in self.buttons]
        if self.is_authentication and not rows:
            rows = [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]
        return {"buttons": rows} if rows else {}


def read_draft(*, name: str, language: str, category: str, components: Iterable[Any]) -> Draft:
    """What Meta holds, or somebody sends, as the editor holds it."""
    kept = tuple(_normal(part) for part in components if isinstance(part, dict))
    parts = {str(part["type"]): part for part in kept}
    header, body, footer = (parts.get(kind, {}) for kind in ("HEADER", "BODY", "FOOTER"))
    rows = parts.get("BUTTONS", {}).get("buttons")
    handles = [str(each) for each in _of(header.get("example"), "header_handle")]
    # What Meta gives back is the address of its own copy, which it does not take again.
    ours = [each for each in handles if not each.startswith(("http://", "https://"))]
    minutes = footer.get("code_expiration_minutes")
    form = str(header.get("format", TEXT)).upper() if header else ""
    return Draft(
        name=name,
        language=language,
        category=category.upper(),
        header=form,
        header_text=str(header.get("text", "")) if form == TEXT else "",
        handle=ours[0] if ours else "",
        body=str(body.get("text", "")),
        footer=str(footer.get("text", "")),
        buttons=tuple(
            _read_button(row, number)
            for number, row in enumerate(row for row in rows or () if isinstance(row, dict))
        ),
        examples={
            f"{kind}.{name}": example
            for kind, part in (("header", header), ("body", body))
            for name, example in examples_of(part, kind).items()
        },
        advice=bool(body.get("add_security_recommendation")),
        minutes=minutes if isinstance(minutes, int) else None,
        kept=kept,
    )


def _beside(known: Container[str], kept: Mapping[str, Any]) -> Component:
    """What the editor does not know of it."""
    return {key: value for key, value in kept.items() if key not in known}


def _wording(kept: Component) -> Component:
    """An authentication template's own, which is Meta's."""
    return {"text": kept["text"]} if "text" in kept else {}


def places(text: str) -> list[str]:
    """Names of the variables of a text, each once, in their order."""
    return list(dict.fromkeys(PLACE.findall(text)))


def _normal(part: Component) -> Component:
    """Types in upper case, the type first."""
    found = {**part, "type": str(part.get("type", "")).upper()}
    if "format" in found:
        found["format"] = str(found["format"]).upper()
    return found


def _of(example: Any, name: str) -> list[Any]:
    found = example.get(name) if isinstance(example, dict) else None
    return found if isinstance(found, list) else []


def _text_example(kind: str, text: str, examples: Mapping[str, str]) -> Component:
    names = places(text)
    if not names:
        return {}
    given = {name: examples.get(f"{kind}.{name}", "") for name in names}
    if any(not name.isdecimal() for name in names):
        rows = [{"param_name": name, "example": value} for name, value in given.items()]
        return {"example": {f"{kind}_text_named_params": rows}}
    listed = [given[name] for name in sorted(given, key=int)]
    return {"example": {f"{kind}_text": listed if kind == "header" else [listed]}}


def _read_button(row: Component, number: int) -> DraftButton:
    kind = str(row.get("type", "")).upper()
    example = row.get("example")
    sample = example[0] if isinstance(example, list) and example else example
    return DraftButton(
        kind=kind,
        text=str(row.get("text", "")),
        target=str(row.get(TARGETS.get(kind, ""), "")),
        example=str(sample or "") if not isinstance(sample, list) else "",
        kept=row,
        origin=number,
    )


def _button(button: DraftButton) -> Component:
    if not button.is_edited:
        return {**button.kept, "type": button.kind}
    row = {**_beside(KNOWN_OF_BUTTON, button.kept), "type": button.kind}
    if button.text:
        row["text"] = button.text
    if target := TARGETS.get(button.kind):
        row[target] = button.target
    if button.kind == "COPY_CODE":
        row["example"] = button.example
    elif button.kind == "URL" and places(button.target):
        row["example"] = [button.example]
    return row
