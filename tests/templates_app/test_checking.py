"""The platform's limits, told beside the field before Meta is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from templates_app.checking import check_draft, check_typing
from templates_app.drafting import Draft, DraftButton

GOOD = Draft(
    name="order_ready",
    language="en_US",
    category="UTILITY",
    header="TEXT",
    header_text="Order {{1}}",
    body="Hi {{1}}, your order {{2}} is ready.",
    footer="Aurora",
    buttons=(DraftButton("QUICK_REPLY", "Thanks"), DraftButton("URL", "See", "https://a.example")),
    examples={"header.1": "7", "body.1": "Ana", "body.2": "860"},
)


def test_a_good_one_has_no_errors() -> None:
    assert check_draft(GOOD) == {}


def reply(text: str) -> DraftButton:
    return DraftButton("QUICK_REPLY", text)


def link(url: str, example: str = "") -> DraftButton:
    return DraftButton("URL", "See", url, example)


CASES: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": "Order Ready"}, "name"),
    ({"name": "a" * 513}, "name"),
    ({"language": ""}, "language"),
    ({"language": "english"}, "language"),
    ({"category": "SPAM"}, "category"),
    ({"header_text": ""}, "header.text"),
    ({"header_text": "x" * 61}, "header.text"),
    ({"header_text": "{{1}} and {{2}}"}, "header.text"),
    ({"header_text": "one\ntwo"}, "header.text"),
    ({"header": "IMAGE"}, "header.file"),
    ({"body": ""}, "body"),
    ({"body": "x" * 1025}, "body"),
    ({"body": "{{1}} is ready"}, "body"),
    ({"body": "Ready for {{1}}"}, "body"),
    ({"body": "Hi {{1}}{{2}} there"}, "body"),
    ({"body": "Hi {{1}}, {{3}} there"}, "body"),
    ({"body": "Hi {{first_name}}, {{1}} there"}, "body"),
    ({"body": "Hi {{First}}, there"}, "body"),
    ({"body": "Hi {{first name}}, there"}, "body"),
    ({"body": "Hi {{}}, there"}, "body"),
    ({"examples": {"header.1": "7", "body.1": "Ana"}}, "examples.body.2"),
    ({"examples": {"body.1": "Ana", "body.2": "8"}}, "examples.header.1"),
    ({"footer": "x" * 61}, "footer"),
    ({"footer": "By {{1}}"}, "footer"),
    ({"buttons": tuple(reply(str(n)) for n in range(11))}, "buttons"),
    ({"buttons": tuple(link(f"https://a.example/{n}") for n in range(3))}, "buttons"),
    ({"buttons": (reply("Yes"), reply("Yes"))}, "buttons"),
    ({"buttons": (reply("Yes"), link("https://a.example"), reply("No"))}, "buttons"),
    ({"buttons": (reply(""),)}, "buttons.0.text"),
    ({"buttons": (reply("x" * 26),)}, "buttons.0.text"),
    ({"buttons": (link(""),)}, "buttons.0.target"),
    ({"buttons": (link("ftp://a.example"),)}, "buttons.0.target"),
    ({"buttons": (link("javascript:alert(1)"),)}, "buttons.0.target"),
    ({"buttons": (link("https://a.example/{{1}}/b", "b"),)}, "buttons.0.target"),
    ({"buttons": (link("https://a.example/{{1}}{{2}}", "b"),)}, "buttons.0.target"),
    ({"buttons": (link("https://a.example/{{1}}"),)}, "buttons.0.example"),
    ({"buttons": (link("https://a.example/" + "x" * 2000),)}, "buttons.0.target"),
    ({"buttons": (DraftButton("PHONE_NUMBER", "Call", "call me"),)}, "buttons.0.target"),
    ({"buttons": (DraftButton("PHONE_NUMBER", "Call", "+" + "1" * 20),)}, "buttons.0.target"),
    ({"buttons": (DraftButton("COPY_CODE", example="x" * 21),)}, "buttons.0.example"),
    ({"buttons": (DraftButton("COPY_CODE"),)}, "buttons.0.example"),
    ({"category": "AUTHENTICATION", "minutes": 91}, "minutes"),
]


@pytest.mark.parametrize(("change", "field"), CASES, ids=lambda value: str(value)[:50])
def test_each_limit_is_told_beside_its_field(change: dict[str, Any], field: str) -> None:
    assert field in check_draft(replace(GOOD, **change))


def test_what_is_only_not_there_yet_is_no_error_while_typing() -> None:
    assert check_typing(Draft(header="TEXT", buttons=(reply(""),))) == {}
    assert list(check_typing(Draft(name="A b", body="Hi {{2}} x"))) == ["name", "body"]


def test_a_named_variable_makes_the_template_named() -> None:
    assert replace(GOOD, body="Hi {{name}} x").parameter_format == "NAMED"
    assert GOOD.parameter_format == "POSITIONAL"
