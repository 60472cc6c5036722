"""Cleo is of another team: for her none of it exists. Signed out, all of it leads to sign-in."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from inbox.models import Draft, Message

pytestmark = pytest.mark.django_db

GETS = [
    "composer/",
    "composer/interactive/",
    "templates/",
    "templates/{template}/",
    "canned-replies/",
    "mentionable/",
    "panel/",
    "export/pdf/",
    "export/json/",
    "export/csv/",
]
POSTS = [
    "messages/",
    "notes/",
    "draft/",
    "typing/",
    "template-messages/",
    "templates/{template}/",
]


def address(talk, place, hello):
    return f"/conversations/{talk.pk}/" + place.format(template=hello.pk)


@pytest.mark.parametrize("place", GETS)
def test_cleo_finds_nothing(talk, hello, cleo, ana, signed_in, place):
    assert signed_in(ana).get(address(talk, place, hello)).status_code == 200
    assert signed_in(cleo).get(address(talk, place, hello)).status_code == 404


@pytest.mark.parametrize("place", POSTS)
def test_cleo_changes_nothing(talk, hello, cleo, signed_in, place):
    data = {"client_uuid": str(uuid.uuid4()), "mode": "reply", "text": "Hi", "template": hello.pk}
    answer = signed_in(cleo).post(address(talk, place, hello), data)
    assert answer.status_code == 404
    assert not Message.objects.exclude(direction="in").exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("place", ["attempts/", "confirmation/", "reactions/"])
def test_cleo_touches_no_message(talk, cleo, signed_in, place):
    message = talk.messages.first()
    answer = signed_in(cleo).post(f"/messages/{message.pk}/{place}", {"emoji": "👍"})
    assert answer.status_code == 404


@pytest.mark.parametrize("place", [*GETS, *POSTS])
def test_signed_out_everything_leads_to_sign_in(talk, hello, place):
    method = Client().get if place in GETS else Client().post
    answer = method(address(talk, place, hello))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_a_template_of_another_account_is_not_there(talk, hello, ana, signed_in, whatsapp_app):
    other = type(hello.waba).objects.create(
        waba_id="9", name="Other", app=whatsapp_app, access_token="t"
    )
    hello.waba = other
    hello.save()
    url = f"/conversations/{talk.pk}/templates/{hello.pk}/"
    assert signed_in(ana).get(url).status_code == 404
    assert b"hello" not in signed_in(ana).get(f"/conversations/{talk.pk}/templates/").content
