"""A talk of Ana's with Diego whose window is open by the real clock, and her browser."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User, Waba
from inbox.models import Contact, Conversation
from templates_app.models import MessageTemplate
from tests import cast

HTMX = {"HTTP_HX_REQUEST": "true"}
Post = Callable[..., HttpResponse]


@pytest.fixture
def talk(
    conversation_with: Callable[..., Conversation], diego: Contact, ana: User
) -> Conversation:
    """Diego wrote an hour ago, so the window is open; Ana has the conversation."""
    now = timezone.now()
    talk = conversation_with(diego, assignee=ana, at=now - timedelta(hours=2))
    cast.inbound(talk, at=now - timedelta(hours=1))
    return talk


@pytest.fixture
def shut(
    conversation_with: Callable[..., Conversation], marina: Contact, ana: User
) -> Conversation:
    """Marina wrote 27 hours ago: the window is closed."""
    now = timezone.now()
    shut = conversation_with(marina, assignee=ana, at=now - timedelta(hours=30))
    cast.inbound(shut, at=now - timedelta(hours=27))
    return shut


@pytest.fixture
def hello(waba: Waba) -> MessageTemplate:
    return MessageTemplate.objects.create(
        waba=waba,
        name="hello",
        language="en_US",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hello {{1}}, about {{2}}: we have news."}],
    )


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def post(ana: User, signed_in: Callable[[User], Client]) -> Post:
    """post(conversation, "messages", text="Hi"): as the composer's script posts, as Ana."""

    def send(conversation: Conversation, place: str, user: User = ana, **data: Any) -> Any:
        given = {"client_uuid": str(uuid.uuid4()), "mode": "reply"} | data
        address = f"/conversations/{conversation.pk}/{place}/"
        return signed_in(user).post(address, given, **HTMX)

    return send


@pytest.fixture
def png() -> Callable[[], io.BytesIO]:
    """A small real picture, fresh for each upload."""

    def make() -> io.BytesIO:
        file = io.BytesIO(cast.png(32, 24))
        file.name = "photo.png"
        return file

    return make
