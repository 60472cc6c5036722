"""The translations: what is to be translated; `python -m tests.catalogues` brings them up to date.

Babel reads templates and modules as Django's makemessages does, without the gettext programs.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("ar", "es", "pt_BR")
CODE = ("accounts", "bots", "core", "inbox", "templates_app")
WORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def marked() -> Catalog:
    """Every text that is marked for translation, without translations."""
    found = Catalog(charset="utf-8")
    for source in sources():
        for _line, function, message, _comments in extract_python(
            io.BytesIO(source.encode()), WORDS, (), {"encoding": "utf-8"}
        ):
            add(found, function, message)
    return found


def add(found: Catalog, function: str, message: object) -> None:
    """One call, where its texts are literals."""
    if function == "pgettext" and isinstance(message, tuple):
        found.add(message[1], context=message[0])
    elif isinstance(message, tuple) and all(message[:2]):
        found.add(message[:2])
    elif isinstance(message, str) and message:
        found.add(message)


def sources() -> Iterator[str]:
    """Modules as they are, templates as the calls that they amount to."""
    for package in CODE:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.read_text("utf-8")
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield templatize(path.read_text("utf-8"))


def catalogue(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    with catalogue(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(translations: Catalog) -> bytes:
    """The bytes that Django reads."""
    file = io.BytesIO()
    write_mo(file, translations)
    return file.getvalue()


def update(language: str) -> int:
    """Take in new texts, drop old ones, compile; how many are still to be translated."""
    translations = read(language)
    translations.update(marked(), no_fuzzy_matching=True)
    translations.obsolete.clear()
    translations.last_translator = translations.msgid_bugs_address = ""
    with catalogue(language).open("wb") as file:
        write_po(file, translations, no_location=True, omit_header=False, width=0)
    catalogue(language).with_suffix(".mo").write_bytes(compiled(read(language)))
    return sum(1 for message in translations if message.id and not said(message.string))


def said(text: object) -> bool:
    """Every form is filled."""
    return all(text) if isinstance(text, tuple | list) else bool(text)


if __name__ == "__main__":
    missing = {language: update(language) for language in LANGUAGES}
    sys.stdout.write(f"Still to be translated: {missing}\n")
    sys.exit(any(missing.values()))
