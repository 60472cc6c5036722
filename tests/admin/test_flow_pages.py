"""Flows are edited comfortably, and cannot be saved where WhatsApp would refuse them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bots.models import Flow


def flow_form(buttons: list[str] = [], **fields: Any) -> dict[str, Any]:  # noqa: B006 - read only
    form: dict[str, Any] = {
        "name": "Prices",
        "trigger": "keyword",
        "keywords": "price, how much,precio، السعر, price",
        "text": "From 10 €.",
        "position": "0",
        "cooldown_hours": "12",
        "is_active": "on",
        "buttons-TOTAL_FORMS": str(len(buttons)),
        "buttons-INITIAL_FORMS": "0",
    }
    for number, title in enumerate(buttons):
        form |= {f"buttons-{number}-title": title, f"buttons-{number}-position": str(number)}
    return form | fields


def save(office: Client, **fields: Any) -> Any:
    return office.post(reverse("admin:bots_flow_add"), flow_form(**fields))


def test_keywords_are_written_with_commas(office: Client) -> None:
    assert save(office).status_code == 302
    flow = Flow.objects.get()
    assert flow.keywords == ["price", "how much", "precio", "السعر"]
    page = office.get(reverse("admin:bots_flow_change", args=[flow.pk])).content.decode()
    assert 'value="price, how much, precio, السعر"' in page


def test_the_page_previews_the_quick_replies_and_counts_the_room(office: Client) -> None:
    save(office, buttons=["One", "Two", "Three", "Four"])
    flow = Flow.objects.get()
    page = office.get(reverse("admin:bots_flow_change", args=[flow.pk])).content.decode()
    assert "[ Four ]" in page
    assert "(10 of 1024 characters; 4 list behind “Options”)" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"keywords": " , "}, "A keyword flow needs a keyword."),
        ({"keywords": "x" * 61}, "is longer than 60"),
        ({"buttons": [f"Button {n}" for n in range(11)]}, "10"),
        ({"buttons": ["Price", "PRICE"]}, "Each button needs another title."),
        ({"buttons": ["A title of twenty-one"]}, "at most 20 characters"),
        ({"buttons": ["Yes"], "hand_off": "on"}, "nobody would answer a button"),
        ({"text": "x" * 1025}, "at most 1024 characters"),
    ],
)
def test_what_whatsapp_would_refuse_is_refused_beside_the_field(
    office: Client, fields: dict[str, Any], said: str
) -> None:
    page = save(office, **fields)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Flow.objects.exists()
