"""Words of a customer become HTML in one place, and never more than we mean."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formatting import format_text

TAGS = re.compile(r"<[^>]*>")
ALLOWED = re.compile(
    r"</?(strong|em|s|code)>|</a>"
    r'|<a href="https?://[^"<>]*" target="_blank" rel="noopener noreferrer nofollow">',
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~no~", "<strong>bold</strong> <em>it</em> <s>no</s>"),
        ("`a*b*c`", "<code>a*b*c</code>"),
        ("```x\ny```", "<code>x\ny</code>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http://", "http://"),
        ("{{7*7}} ${7*7}", "{{7*7}} ${7*7}"),
    ],
)
def test_whatsapps_marks_are_drawn_and_the_rest_is_text(text: str, html: str) -> None:
    assert format_text(text) == html


def test_a_link_is_clickable_without_the_full_stop_behind_it() -> None:
    assert format_text("See https://sash.test/a_b_c?x=1&y=2. Bye") == (
        'See <a href="https://sash.test/a_b_c?x=1&amp;y=2" target="_blank" '
        'rel="noopener noreferrer nofollow">https://sash.test/a_b_c?x=1&amp;y=2</a>. Bye'
    )


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_other_tag_ever_comes_out(text: str) -> None:
    assert all(ALLOWED.fullmatch(tag) for tag in TAGS.findall(format_text(text)))


MARKUP = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            '"',
            "'",
            "&",
            "*",
            "_",
            "~",
            "`",
            "```",
            "https://a.b/",
            " ",
            "\n",
            "x",
            "<script>",
            "onerror=",
            "javascript:",
            "<img src=x>",
            "&lt;",
            "\u202e",
        ]
    ),
    max_size=40,
).map("".join)


@given(MARKUP)
def test_nor_from_text_made_to_hurt(text: str) -> None:
    assert all(ALLOWED.fullmatch(tag) for tag in TAGS.findall(format_text(text)))
