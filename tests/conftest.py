"""Thin fixtures over the cast; what they make is written in tests/cast.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Channel, PhoneNumber, Team, User, Waba, WhatsAppApp
from inbox.models import Contact, Conversation, Message
from inbox.queries.consents import read_vocabulary
from tests import cast
from tests.chromium import ARGUMENTS, find_chromium
from tests.inbox.sending.processes import Platform, run_platform

SIMULATORS_APP = "794850321936471"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run, since Playwright starts but once; contexts keep people apart."""
    # Playwright keeps a loop in this thread; the tests' own queries are as plain as ever.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)


@pytest.fixture(autouse=True)
def _words_are_read_anew() -> Iterator[None]:
    """Opt-out words of one test are not those of the next."""
    read_vocabulary.cache_clear()
    yield
    read_vocabulary.cache_clear()


@pytest.fixture
def at() -> datetime:
    """The instant at which a test happens: a Monday, ten in the morning, UTC."""
    return cast.AT


@pytest.fixture
def support(db: None) -> Team:
    return cast.make_team("Support")


@pytest.fixture
def sales(db: None) -> Team:
    return cast.make_team("Sales")


@pytest.fixture
def ana(support: Team) -> User:
    return cast.make_user("Ana Souza", User.Role.AGENT, support)


@pytest.fixture
def ben(support: Team) -> User:
    return cast.make_user("Ben Carter", User.Role.AGENT, support)


@pytest.fixture
def cleo(sales: Team) -> User:
    return cast.make_user("Cleo Martin", User.Role.AGENT, sales)


@pytest.fixture
def sofia(support: Team) -> User:
    return cast.make_user("Sofia Rossi", User.Role.SUPERVISOR, support, is_lead=True)


@pytest.fixture
def omar(db: None) -> User:
    return cast.make_user("Omar Haddad", User.Role.ADMINISTRATOR)


@pytest.fixture
def whatsapp_app(db: None) -> WhatsAppApp:
    return cast.make_app()


@pytest.fixture
def waba(whatsapp_app: WhatsAppApp) -> Waba:
    return cast.make_waba(whatsapp_app)


@pytest.fixture
def number(waba: Waba) -> PhoneNumber:
    return cast.make_number(waba)


@pytest.fixture
def channel(number: PhoneNumber, support: Team) -> Channel:
    """The business number of Support."""
    return cast.make_channel(number, support)


@pytest.fixture
def diego(db: None) -> Contact:
    return cast.make_contact("Diego Fernández", "34612345678")


@pytest.fixture
def marina(db: None) -> Contact:
    return cast.make_contact("Marina Alves", "351912345678")


@pytest.fixture
def conversation_with(channel: Channel) -> Callable[..., Conversation]:
    """conversation_with(diego, assignee=ana, ...): a conversation on Support's channel."""

    def make(contact: Contact, **fields: Any) -> Conversation:
        return cast.conversation_with(contact, fields.pop("channel", channel), **fields)

    return make


@pytest.fixture
def conversation(conversation_with: Callable[..., Conversation], diego: Contact) -> Conversation:
    """Diego's open conversation with Support, assigned to nobody, in which he has not written."""
    return conversation_with(diego)


@pytest.fixture
def inbound() -> Callable[..., Message]:
    return cast.inbound


@pytest.fixture
def outbound() -> Callable[..., Message]:
    return cast.outbound


@pytest.fixture
def note() -> Callable[..., Message]:
    return cast.note


@pytest.fixture(scope="session")
def simulator() -> Iterator[Platform]:
    """A Cloud API as a process of its own."""
    with run_platform() as platform:
        yield platform


@pytest.fixture
def platform(simulator: Platform, settings: Any, number: PhoneNumber) -> Platform:
    """The simulator as it begins, as whose account ours is known."""
    simulator.ask("POST", "/_sim/reset", {})
    simulator.drop_webhooks()
    settings.WHATSAPP_GRAPH_URL = simulator.url
    number.waba.app.app_id = SIMULATORS_APP
    number.waba.app.save()
    return simulator
