"""Sash speaks every language that it offers: nothing untranslated, nothing out of date."""

import pytest
from babel.messages import Catalog
from django.conf import settings
from django.utils.translation import gettext, override

from tests.catalogues import LANGUAGES, catalogue, compiled, marked, read, said


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return marked()


def test_every_offered_language_has_a_catalogue() -> None:
    offered = {code for code, _name in settings.LANGUAGES} - {"en"}
    assert offered == {language.lower().replace("_", "-") for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, texts: Catalog) -> None:
    translations = read(language)
    missing = [
        message.id
        for message in texts
        if message.id
        and not (
            (found := translations.get(message.id, message.context))
            and said(found.string)
            and not found.fuzzy
        )
    ]
    assert missing == [], "run: .venv/bin/python -m tests.catalogues, then fill in"


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive(language: str) -> None:
    broken = {
        str(message.id): errors
        for message in read(language)
        if message.id and (errors := list(message.check(read(language))))
    }
    assert broken == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_django_reads_is_what_was_translated(language: str) -> None:
    assert catalogue(language).with_suffix(".mo").read_bytes() == compiled(read(language))


@pytest.mark.parametrize("language", ["es", "pt-br", "ar"])
def test_a_page_speaks_the_language(language: str) -> None:
    with override(language):
        assert gettext("Unassigned") != "Unassigned"
