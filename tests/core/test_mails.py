"""Mails that Sash sends by itself, to a real mail server that is sometimes away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from config.services.valkey import free_port
from core.mails import PAUSES, send_due, send_later
from core.models import Mail

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Postbox:
    """What came; says no while it is closed."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.is_closed = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.is_closed:
            return "451 come back later"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box, port = Postbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield box
    finally:
        server.stop()


def write(at: datetime, subject: str = "It is flagged") -> Mail:
    return send_later(to="omar@sash.test", subject=subject, text="Olá, Omar.\n", at=at)


def test_a_mail_leaves_once(postbox: Postbox, at: datetime) -> None:
    mail = write(at)
    assert send_due(at) == 1
    assert send_due(at + MINUTE) == 0
    (came,) = postbox.mails
    assert (came["To"], came["Subject"]) == ("omar@sash.test", "It is flagged")
    assert came.get_content().strip() == "Olá, Omar."  # type: ignore[attr-defined]
    mail.refresh_from_db()
    assert (mail.sent_at, mail.due_at, mail.tries) == (at, None, 1)


def test_a_server_that_is_away_delays_it_and_loses_nothing(postbox: Postbox, at: datetime) -> None:
    mail, postbox.is_closed = write(at), True
    assert send_due(at) == 0
    mail.refresh_from_db()
    assert (mail.due_at, mail.tries) == (at + PAUSES[0], 1)
    assert "451" in mail.error
    postbox.is_closed = False
    assert send_due(at + PAUSES[0] - timedelta(seconds=1)) == 0
    assert send_due(at + PAUSES[0]) == 1
    assert len(postbox.mails) == 1


def test_after_a_day_it_is_given_up_and_stands_there(postbox: Postbox, at: datetime) -> None:
    mail, postbox.is_closed, now = write(at), True, at
    for _ in range(len(PAUSES) + 1):
        send_due(now)
        mail.refresh_from_db()
        now = mail.due_at or now
    assert (mail.due_at, mail.sent_at) == (None, None)
    assert now - at < timedelta(days=1)


def test_one_that_cannot_even_be_written_does_not_hold_up_the_others(
    postbox: Postbox, at: datetime
) -> None:
    write(at)
    Mail.objects.update(to="no address\nat all")
    write(at, "The next one")
    assert send_due(at) == 1
    assert [came["Subject"] for came in postbox.mails] == ["The next one"]


def test_where_nobody_answers_one_try_is_enough(settings: Any, at: datetime) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for _ in range(3):
        write(at)
    assert send_due(at) == 0
    assert sorted(Mail.objects.values_list("tries", flat=True)) == [0, 0, 1]


def test_a_name_with_a_line_break_forges_no_header(postbox: Postbox, at: datetime) -> None:
    write(at, "Template a\r\nBcc: eve@evil.example is flagged")
    assert send_due(at) == 1
    assert postbox.mails[0]["Bcc"] is None
