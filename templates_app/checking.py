"""The platform's limits on a template, checked before Meta is asked.

Limits and formats: Meta, "Template components" and "Template management". Errors are told by
the editor's field: "name", "header.text", "body", "buttons.0.target", "examples.body.1".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby, pairwise

from django.utils.translation import gettext as _

from templates_app.contents import MEDIA, PLACE
from templates_app.drafting import LOCATION, TEXT, Draft, DraftButton, places
from templates_app.models import MessageTemplate

Errors = dict[str, list[str]]
NAME_MOST, HEADER_MOST, BODY_MOST, FOOTER_MOST = 512, 60, 1024, 60
BUTTONS_MOST, BUTTON_TEXT_MOST, LINK_MOST, PHONE_MOST, CODE_MOST = 10, 25, 2000, 20, 20
MOST_OF = {"QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1}
MINUTES = range(1, 91)
NAME = re.compile(r"[a-z0-9_]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")
NAMED = re.compile(r"[a-z_][a-z0-9_]*")
BRACES = re.compile(r"\{\{|\}\}")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,}")
HEADERS = {"", TEXT, LOCATION, *MEDIA}


def check_draft(draft: Draft) -> Errors:
    """Everything that Meta would refuse, by field; empty when it may be submitted."""
    errors: Errors = {}
    _check_names(draft, errors)
    if draft.is_authentication:
        if draft.minutes is not None and draft.minutes not in MINUTES:
            _add(errors, "minutes", _("From 1 to 90 minutes."))
    else:
        _check_header(draft, errors)
        _check_body(draft, errors)
        _check_length(errors, "footer", draft.footer, FOOTER_MOST)
        if places(draft.footer):
            _add(errors, "footer", _("The footer cannot have variables."))
        _check_examples(draft, errors)
    _check_buttons(draft.buttons, errors)
    return errors


def check_typing(draft: Draft) -> Errors:
    """The same while somebody types: what is only not there yet is no error yet."""
    waits = {empty_words(), example_words(), _("Choose a language."), _("Choose a category.")}
    waits |= {_("Meta reviews an example: choose a file.")}
    if not draft.name:
        waits.add(_("Only small letters a to z, digits and underscores."))
    told = {
        field: [text for text in texts if text not in waits]
        for field, texts in check_draft(draft).items()
    }
    return {field: texts for field, texts in told.items() if texts}


def empty_words() -> str:
    return _("This cannot be empty.")


def example_words() -> str:
    return _("Meta reviews an example: give one.")


def _check_names(draft: Draft, errors: Errors) -> None:
    if not NAME.fullmatch(draft.name):
        _add(errors, "name", _("Only small letters a to z, digits and underscores."))
    _check_length(errors, "name", draft.name, NAME_MOST)
    if not LANGUAGE.fullmatch(draft.language):
        _add(errors, "language", _("Choose a language."))
    if draft.category not in MessageTemplate.Category.values:
        _add(errors, "category", _("Choose a category."))


def _check_header(draft: Draft, errors: Errors) -> None:
    if draft.header in MEDIA and not draft.handle:
        _add(errors, "header.file", _("Meta reviews an example: choose a file."))
    if draft.header != TEXT:
        return
    _require(errors, "header.text", draft.header_text, HEADER_MOST)
    if len(places(draft.header_text)) > 1:
        _add(errors, "header.text", _("The header can have one variable."))
    if "\n" in draft.header_text:
        _add(errors, "header.text", _("The header is one line."))


def _check_body(draft: Draft, errors: Errors) -> None:
    text = draft.body.strip()
    _require(errors, "body", draft.body, BODY_MOST)
    spans = [match.span() for match in PLACE.finditer(text)]
    if spans and (spans[0][0] == 0 or spans[-1][1] == len(text)):
        _add(errors, "body", _("A variable cannot stand at the start or the end."))
    if any(not text[end:start].strip() for (_a, end), (start, _b) in pairwise(spans)):
        _add(errors, "body", _("Put words between variables that stand side by side."))


def _check_examples(draft: Draft, errors: Errors) -> None:
    """Numbered from 1 without gaps, or named; never both, and an example for each."""
    whole = [*places(draft.header_text if draft.header == TEXT else ""), *places(draft.body)]
    is_named = any(not name.isdecimal() for name in whole)
    for part, text in (("header", draft.header_text), ("body", draft.body)):
        names = places(text) if part == "body" or draft.header == TEXT else []
        field = "body" if part == "body" else "header.text"
        if BRACES.search(PLACE.sub("", text)):
            _add(errors, field, _("Write a variable as {{1}} or {{first_name}}."))
        if is_named and any(not NAMED.fullmatch(name) for name in names):
            words = _("Give every variable a name of small letters, or number them all.")
            _add(errors, field, words)
        elif not is_named and sorted(map(int, names)) != list(range(1, len(names) + 1)):
            _add(errors, field, _("Variables are numbered from 1 without gaps."))
        for name in names:
            if not draft.examples.get(f"{part}.{name}", "").strip():
                _add(errors, f"examples.{part}.{name}", example_words())


def _check_buttons(buttons: tuple[DraftButton, ...], errors: Errors) -> None:
    if len(buttons) > BUTTONS_MOST:
        _add(errors, "buttons", _("At most %(n)s buttons.") % {"n": BUTTONS_MOST})
    kinds = [button.kind for button in buttons]
    for kind, most in MOST_OF.items():
        if kinds.count(kind) > most:
            words = _("At most %(n)s of the kind “%(kind)s”.")
            _add(errors, "buttons", words % {"n": most, "kind": kind_words(kind)})
    runs = [is_reply for is_reply, _run in groupby(kind == "QUICK_REPLY" for kind in kinds)]
    if runs.count(True) > 1:
        _add(errors, "buttons", _("Quick replies stand together, above or below the others."))
    _check_unique(errors, [button.text for button in buttons if button.text])
    for index, button in enumerate(buttons):
        if button.is_edited:
            _check_button(f"buttons.{index}", button, errors)


def _check_button(field: str, button: DraftButton, errors: Errors) -> None:
    if button.kind == "COPY_CODE":
        _require(errors, f"{field}.example", button.example, CODE_MOST)
        return
    _require(errors, f"{field}.text", button.text, BUTTON_TEXT_MOST)
    if places(button.text):
        _add(errors, f"{field}.text", _("A button's text cannot have variables."))
    if button.kind == "PHONE_NUMBER":
        _require(errors, f"{field}.target", button.target, PHONE_MOST)
        if button.target.strip() and not PHONE.fullmatch(button.target.strip()):
            _add(errors, f"{field}.target", _("A phone number with its country code."))
    if button.kind == "URL":
        _check_link(field, button, errors)


def _check_link(field: str, button: DraftButton, errors: Errors) -> None:
    link = button.target.strip()
    _require(errors, f"{field}.target", link, LINK_MOST)
    if link and not link.startswith(("https://", "http://")):
        _add(errors, f"{field}.target", _("A link begins with https:// or http://."))
    found = PLACE.findall(link)
    if found and (found != ["1"] or not link.endswith("}}")):
        _add(errors, f"{field}.target", _("A link can have one variable, {{1}}, at its end."))
    if found and not button.example.strip():
        _add(errors, f"{field}.example", example_words())


def kind_words(kind: str) -> str:
    """What a kind of button is called."""
    return {
        "QUICK_REPLY": _("Quick reply"),
        "URL": _("Link"),
        "PHONE_NUMBER": _("Call"),
        "COPY_CODE": _("Copy a code"),
        "OTP": _("Copy the code"),
    }.get(kind, kind.replace("_", " ").capitalize())


def _check_unique(errors: Errors, texts: Iterable[str]) -> None:
    listed = list(texts)
    if len(set(listed)) < len(listed):
        _add(errors, "buttons", _("Each button needs a text of its own."))


def _require(errors: Errors, field: str, text: str, most: int) -> None:
    if not text.strip():
        _add(errors, field, empty_words())
    _check_length(errors, field, text, most)


def _check_length(errors: Errors, field: str, text: str, most: int) -> None:
    if len(text) > most:
        words = _("At most %(most)s characters; these are %(length)s.")
        _add(errors, field, words % {"most": most, "length": len(text)})


def _add(errors: Errors, field: str, text: str) -> None:
    errors.setdefault(field, []).append(text)
