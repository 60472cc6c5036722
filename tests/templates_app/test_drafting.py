"""The editor's draft: Meta's samples come out as they went in; so does what people write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from templates_app.checking import check_draft
from templates_app.drafting import Draft, DraftButton, read_draft
from templates_app.forms import read_post
from templates_app.models import MessageTemplate
from templates_app.rendering import render

FIXTURES = Path(__file__).parents[3] / "shared" / "whatsapp" / "fixtures"
Json = dict[str, Any]


def samples() -> list[Json]:
    """Every template of Meta's examples and of pywa's tests: created, edited, listed, read."""
    found = []
    for path in sorted(FIXTURES.rglob("*.json")):
        content = json.loads(path.read_text())
        rows = content.get("data", [content]) if isinstance(content, dict) else []
        found += [
            pytest.param(row, id=f"{path.stem}-{index}")
            for index, row in enumerate(rows)
            if isinstance(row, dict) and "components" in row and "language" in row
        ]
    return found


def normal(components: list[Json]) -> list[Json]:
    """Types in upper case, which Meta takes in either."""
    found = [{**part, "type": part["type"].upper()} for part in components]
    for part in found:
        if "format" in part:
            part["format"] = part["format"].upper()
        if "buttons" in part:
            rows = part["buttons"]
            part["buttons"] = [{**row, "type": row["type"].upper()} for row in rows]
    return found


def read(row: Json) -> Draft:
    return read_draft(
        name=row["name"],
        language=row["language"],
        category=row["category"],
        components=row["components"],
    )


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="Meta's samples are not beside the project")
def test_there_are_samples() -> None:
    assert len(samples()) >= 18


@pytest.mark.parametrize("row", samples())
def test_a_sample_is_read_and_written_back_equal(row: Json) -> None:
    draft = read(row)
    key = lambda part: part["type"]  # noqa: E731 - the order of parts says nothing
    assert sorted(draft.components(), key=key) == sorted(normal(row["components"]), key=key)
    assert (draft.name, draft.language) == (row["name"], row["language"])
    assert draft.category == row["category"].upper()


@pytest.mark.parametrize("row", samples())
def test_a_sample_is_drawn(row: Json) -> None:
    draft = read(row)
    shown = MessageTemplate(category=draft.category, components=draft.components())
    rendered = render(shown, draft.values())
    assert rendered.body
    assert len(rendered.buttons) == len(draft.buttons)
    assert "{{" not in rendered.body, "the examples fill every place"


@pytest.mark.parametrize("row", samples())
def test_a_sample_is_read_the_same_after_it_was_written(row: Json) -> None:
    draft = read(row)
    again = read({**row, "components": draft.components()})
    assert again.components() == draft.components()


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="{}\x00"), min_size=1, max_size=30)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """What somebody could write: named or numbered variables, any header, a few buttons."""
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    if draw(st.booleans()):
        names = [str(number) for number in range(1, len(names) + 1)]
    body = "Hello " + "".join(f"{{{{{name}}}}} and " for name in names) + draw(WORDS)
    header = draw(st.sampled_from(["", "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]))
    kinds = ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"]
    buttons = tuple(
        DraftButton(
            kind=kind,
            text="" if kind == "COPY_CODE" else draw(WORDS),
            target={"URL": "https://a.example/{{1}}", "PHONE_NUMBER": "+34612"}.get(kind, ""),
            example=draw(WORDS) if kind in {"URL", "COPY_CODE"} else "",
        )
        for kind in draw(st.lists(st.sampled_from(kinds), max_size=4))
    )
    return Draft(
        name=draw(NAMES),
        language="en_US",
        category=draw(st.sampled_from(["MARKETING", "UTILITY"])),
        header=header,
        header_text=draw(WORDS) if header == "TEXT" else "",
        handle="4::abc" if header in {"IMAGE", "VIDEO", "DOCUMENT"} else "",
        body=body,
        footer=draw(st.one_of(st.just(""), WORDS)),
        buttons=buttons,
        examples={f"body.{name}": draw(WORDS) for name in names},
    )


@given(drafts())
def test_whatever_is_written_is_read_back(draft: Draft) -> None:
    again = read(draft.body_to_create())
    for field in ("header", "header_text", "handle", "body", "footer", "category", "examples"):
        assert getattr(again, field) == getattr(draft, field)
    shown = [(one.kind, one.text, one.target, one.example) for one in again.buttons]
    assert shown == [(one.kind, one.text, one.target, one.example) for one in draft.buttons]
    assert check_draft(again) == check_draft(draft)
    assert again.body_to_create() == draft.body_to_create()


def test_what_the_editor_does_not_know_is_kept() -> None:
    carousel = {"type": "CAROUSEL", "cards": [{"components": []}]}
    body = {"type": "BODY", "text": "Hello", "new_key": 1}
    flow = {"type": "FLOW", "text": "Begin", "flow_id": "7"}
    parts = [body, {"type": "BUTTONS", "buttons": [flow]}, carousel]
    draft = read_draft(name="n", language="en", category="MARKETING", components=parts)
    assert draft.components() == parts


def test_a_buttons_keys_that_the_editor_does_not_know_stay_with_it() -> None:
    link = {"type": "URL", "text": "See", "url": "https://a.example", "app_deep_link": {"a": 1}}
    reply = {"type": "QUICK_REPLY", "text": "Ok"}
    parts = [{"type": "BODY", "text": "Hello"}, {"type": "BUTTONS", "buttons": [reply, link]}]
    draft = read_draft(name="n", language="en", category="UTILITY", components=parts)
    posted = QueryDict(mutable=True)
    posted.update({"category": "UTILITY", "body": "Hello", "buttons.0.kind": "URL",
                   "buttons.0.kept": "1", "buttons.0.text": "Look",
                   "buttons.0.target": "https://b.example"})  # fmt: skip
    (row,) = read_post(posted, draft).components()[-1]["buttons"]
    assert row == link | {"text": "Look", "url": "https://b.example"}
    posted["buttons.0.kept"] = "0"
    (row,) = read_post(posted, draft).components()[-1]["buttons"]
    assert "app_deep_link" not in row, "of another kind it is another button"


def test_a_header_that_is_only_hidden_does_not_go_with_an_authentication_template() -> None:
    posted = QueryDict(mutable=True)
    posted.update({"category": "AUTHENTICATION", "header": "IMAGE", "name": "code"})
    draft = read_post(posted, Draft())
    assert draft.header == ""
    assert [part["type"] for part in draft.components()] == ["BODY", "BUTTONS"]
