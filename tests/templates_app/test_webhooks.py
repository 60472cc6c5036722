"""What webhooks say of templates; the newest of each kind is believed."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from accounts.models import AccountEvent
from templates_app.models import MessageTemplate
from templates_app.webhooks import apply_template_update
from tests.cast import AT, WABA_ID

STATUS = "message_template_status_update"
QUALITY = "message_template_quality_update"


@pytest.fixture
def template(waba):
    return MessageTemplate.objects.create(
        waba=waba, external_id="901", name="order_ready", language="pt_BR", category="UTILITY"
    )


def tell(field: str, minutes: int = 0, **value) -> bool:
    at = AT + timedelta(minutes=minutes)
    about = {"message_template_id": 901, "message_template_name": "order_ready"}
    about |= {"message_template_language": "pt-BR"}
    return apply_template_update(
        field=field, entry_id=WABA_ID, value=about | value, at=at, stamp=str(at)
    )


STORY = [
    (STATUS, 1, {"event": "APPROVED", "reason": "NONE"}),
    (QUALITY, 2, {"new_quality_score": "YELLOW"}),
    (STATUS, 3, {"event": "PAUSED", "other_info": {"title": "FIRST_PAUSE", "description": "3 h"}}),
    (QUALITY, 4, {"new_quality_score": "RED"}),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_the_newest_of_each_kind_stands_in_any_order(template, order):
    for index in order:
        field, minutes, value = STORY[index]
        assert tell(field, minutes, **value)
    template.refresh_from_db()
    assert (template.status, template.quality) == ("PAUSED", "RED")
    assert template.reason == "FIRST_PAUSE - 3 h"
    assert template.changed_at == AT + timedelta(minutes=4)


def test_it_is_found_by_name_and_language_as_webhooks_write_them(template):
    template.external_id = ""
    template.save()
    tell(STATUS, event="REJECTED", reason="INVALID_FORMAT")
    template.refresh_from_db()
    assert (template.status, template.reason) == ("REJECTED", "INVALID_FORMAT")


@pytest.mark.parametrize(("told", "status"), [("REINSTATED", "APPROVED"), ("NEW_ONE", "PENDING")])
def test_words_for_the_same_state(template, told, status):
    tell(STATUS, event=told)
    template.refresh_from_db()
    assert template.status == status


def test_a_category_is_announced_and_then_changed(template):
    field = "template_category_update"
    tell(field, 1, new_category="UTILITY", correct_category="MARKETING")
    template.refresh_from_db()
    assert (template.category, template.correct_category) == ("UTILITY", "MARKETING")
    tell(field, 2, previous_category="UTILITY", new_category="MARKETING")
    template.refresh_from_db()
    assert (template.category, template.correct_category) == ("MARKETING", "")


def test_new_texts_take_the_place_of_the_old(template):
    buttons = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Ok"}]}
    template.components = [{"type": "BODY", "text": "Old"}, buttons]
    template.save()
    tell(
        "message_template_components_update",
        message_template_title="Order",
        message_template_element="Your order {{1}} is ready.",
    )
    template.refresh_from_db()
    assert template.components == [
        {"type": "HEADER", "text": "Order", "format": "TEXT"},
        {"type": "BODY", "text": "Your order {{1}} is ready."},
        buttons,
    ]


def test_an_unknown_template_must_be_fetched_and_is_not_made_up(waba):
    assert not tell(STATUS, event="APPROVED")
    assert not MessageTemplate.objects.exists()
    assert AccountEvent.objects.get().kind == "APPROVED"
