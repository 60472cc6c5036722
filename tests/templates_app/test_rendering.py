"""Filling in templates: what they ask for, how they read, and what goes to Meta."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.languages import normalise_language
from templates_app.models import MessageTemplate
from templates_app.rendering import (
    check_values,
    missing,
    prefill,
    render,
    send_components,
    unsupported,
    variables,
)

Json = dict[str, Any]
FACTS = {"first_name": "Diego", "name": "Diego Fernández", "agent": "Ana Souza", "team": "Support"}


def template(*components: Json, category: str = "UTILITY") -> MessageTemplate:
    return MessageTemplate(
        name="t", language="en_US", category=category, status="APPROVED",
        components=list(components),
    )  # fmt: skip


BODY = {
    "type": "BODY",
    "text": "Hi {{1}}, your order {{2}} is on its way.",
    "example": {"body_text": [["Pablo", "860198"]]},
}
NAMED = {
    "type": "body",
    "text": "Thank you, {{first_name}}! Your order number is {{order_number}}.",
    "example": {
        "body_text_named_params": [
            {"param_name": "first_name", "example": "Pablo"},
            {"param_name": "order_number", "example": "860198-230332"},
        ]
    },
}


def test_positional_variables_come_with_their_examples() -> None:
    found = [(v.key, v.example) for v in variables(template(BODY))]
    assert found == [("body.1", "Pablo"), ("body.2", "860198")]


def test_named_variables_work_in_either_case_of_the_type() -> None:
    one = template(NAMED)
    assert [v.key for v in variables(one)] == ["body.first_name", "body.order_number"]
    assert send_components(one, {"body.first_name": "Jessica", "body.order_number": "SKBUP2"}) == [
        {
            "type": "body",
            "parameters": [
                {"type": "text", "parameter_name": "first_name", "text": "Jessica"},
                {"type": "text", "parameter_name": "order_number", "text": "SKBUP2"},
            ],
        }
    ]


def test_a_variable_used_twice_is_asked_for_once() -> None:
    one = template({"type": "BODY", "text": "{{1}} and {{1}} again."})
    assert [v.key for v in variables(one)] == ["body.1"]
    assert render(one, {"body.1": "A"}).body == "A and A again."
    assert len(send_components(one, {"body.1": "A"})[0]["parameters"]) == 1


def test_a_template_without_variables_needs_no_components() -> None:
    assert send_components(template({"type": "BODY", "text": "Hello."}), {}) == []


def test_header_text_media_and_location() -> None:
    text = template({"type": "HEADER", "format": "TEXT", "text": "Sale {{1}}"}, BODY)
    assert [v.key for v in variables(text)] == ["header.1", "body.1", "body.2"]
    values = {"header.1": "today", "body.1": "A", "body.2": "B"}
    assert send_components(text, values)[0] == {
        "type": "header",
        "parameters": [{"type": "text", "text": "today"}],
    }

    for form, kind in (("IMAGE", "image"), ("VIDEO", "video"), ("DOCUMENT", "document")):
        media = template({"type": "HEADER", "format": form})
        assert missing(media, {}) == ["header.media"]
        assert missing(media, {}, has_file=True) == []
        assert send_components(media, {}, {"id": "1339"}) == [
            {"type": "header", "parameters": [{"type": kind, kind: {"id": "1339"}}]}
        ]

    place = {"latitude": "1", "longitude": "2", "name": "Shop", "address": "High St"}
    where = template({"type": "HEADER", "format": "LOCATION"})
    assert send_components(where, {"header.location": place}) == [
        {"type": "header", "parameters": [{"type": "location", "location": place}]}
    ]


def buttons(*rows: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(rows)}


def test_buttons_are_named_by_their_index() -> None:
    one = template(
        {"type": "BODY", "text": "Offer."},
        buttons(
            {"type": "QUICK_REPLY", "text": "Yes"},
            {"type": "URL", "text": "Book", "url": "https://a.example/o?code={{1}}",
             "example": ["https://a.example/o?code=n3"]},
            {"type": "URL", "text": "Home", "url": "https://a.example/"},
            {"type": "COPY_CODE", "text": "Copy", "example": "25OFF"},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+1555"},
        ),
    )  # fmt: skip
    assert [v.key for v in variables(one)] == ["button.1", "button.3"]
    values = {"button.1": "n3mtql", "button.3": "25OFF"}
    assert send_components(one, values) == [
        {"type": "button", "sub_type": "url", "index": "1",
         "parameters": [{"type": "text", "text": "n3mtql"}]},
        {"type": "button", "sub_type": "copy_code", "index": "3",
         "parameters": [{"type": "coupon_code", "coupon_code": "25OFF"}]},
    ]  # fmt: skip
    shown = render(one, values).buttons
    assert shown[1]["url"] == "https://a.example/o?code=n3mtql"
    assert shown[3]["code"] == "25OFF"
    assert shown[4]["phone"] == "+1555"


def test_a_limited_offer_says_when_it_ends() -> None:
    one = template(
        {
            "type": "LIMITED_TIME_OFFER",
            "limited_time_offer": {"text": "!", "has_expiration": True},
        },
        {"type": "BODY", "text": "Offer."},
    )
    assert check_values(one, {"offer.expires": "tomorrow"})["offer.expires"]
    assert send_components(one, {"offer.expires": "2026-03-02T10:00:00+00:00"}) == [
        {
            "type": "limited_time_offer",
            "parameters": [
                {
                    "type": "limited_time_offer",
                    "limited_time_offer": {"expiration_time_ms": 1772445600000},
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    "button",
    [
        {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"},
        {
            "type": "URL",
            "text": "Copy code",
            "url": "https://www.whatsapp.com/otp/code/?code=otp{{1}}",
        },
    ],
)
def test_an_authentication_code_is_given_once_and_goes_twice(button: Json) -> None:
    one = template(
        {"type": "BODY", "add_security_recommendation": True}, buttons(button),
        category="AUTHENTICATION",
    )  # fmt: skip
    assert [v.key for v in variables(one)] == ["body.1"]
    assert send_components(one, {"body.1": "J$FpnYnP"}) == [
        {"type": "body", "parameters": [{"type": "text", "text": "J$FpnYnP"}]},
        {"type": "button", "sub_type": "url", "index": "0",
         "parameters": [{"type": "text", "text": "J$FpnYnP"}]},
    ]  # fmt: skip


def test_what_we_cannot_send_says_so() -> None:
    assert "Carousel" in unsupported(template({"type": "CAROUSEL", "cards": []}))
    assert unsupported(template({"type": "HEADER", "format": "PRODUCT"}))
    assert unsupported(template(buttons({"type": "MPM", "text": "View items"})))
    assert unsupported(template(BODY)) == ""


def test_nothing_is_sent_empty() -> None:
    one = template(BODY)
    assert missing(one, {"body.1": "A"}) == ["body.2"]
    assert missing(one, {"body.1": "A", "body.2": " \n\t"}) == ["body.2"]
    with pytest.raises(ValueError, match=r"body\.2"):
        send_components(one, {"body.1": "A", "body.2": ""})


def test_line_breaks_in_values_become_spaces_in_preview_and_message_alike() -> None:
    values = {"body.1": "Diego\n\tF.", "body.2": " 1     2 "}
    assert render(template(BODY), values).body == "Hi Diego F., your order 1 2 is on its way."
    texts = [p["text"] for p in send_components(template(BODY), values)[0]["parameters"]]
    assert texts == ["Diego F.", "1 2"]


def test_a_value_is_never_read_as_a_place_of_its_own() -> None:
    shown = render(template(BODY), {"body.1": "{{2}}", "body.2": "B"})
    assert shown.body == "Hi {{2}}, your order B is on its way."


def test_values_that_make_the_text_too_long_are_refused() -> None:
    errors = check_values(template(BODY), {"body.1": "x" * 1024, "body.2": "y"})
    assert list(errors) == ["body"]


def test_first_guesses_come_from_names_and_greetings() -> None:
    assert prefill(template(NAMED), FACTS) == {"body.first_name": "Diego"}
    assert prefill(template(BODY), FACTS) == {"body.1": "Diego"}
    spanish = template({"type": "BODY", "text": "¡Hola *{{1}}*! Soy {{2}} de {{team}}."})
    assert prefill(spanish, FACTS) == {"body.1": "Diego", "body.team": "Support"}
    assert prefill(template(BODY), {}) == {}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("en-US", "en_US"), ("en_us", "en_US"), ("PT_br", "pt_BR"), ("es", "es"), (" FIL ", "fil")],
)
def test_language_codes_have_one_spelling(theirs: str, ours: str) -> None:
    assert normalise_language(theirs) == ours


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
odd_component = st.fixed_dictionaries(
    {"type": st.sampled_from(["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "?"])},
    optional={"text": st.text(max_size=40), "format": st.sampled_from(["TEXT", "IMAGE", "X"]),
              "example": json | st.fixed_dictionaries({}, optional={
                 "body_text": json, "header_text": json, "body_text_named_params": json}),
             "buttons": json | st.lists(json)},
)  # fmt: skip


@given(st.lists(odd_component, max_size=4))
def test_odd_definitions_are_drawn_and_never_an_error_of_ours(components: list[Json]) -> None:
    one = template(*components)
    values = {v.key: "x" for v in variables(one)}
    render(one, values)
    prefill(one, FACTS)
    unsupported(one)
