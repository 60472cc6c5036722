"""What goes out by mail is plain text to one address, whatever people are called."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.invitations import invite_person
from accounts.models import User
from tests.security.corpus import CORPUS

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [*CORPUS[::10], "Omar\r\nBcc: everybody@evil.example", "Omar\nContent-Type: text/html\n\n"]


def check(letter: mail.EmailMessage, address: str) -> None:
    """Plain text, to one address, with the headers that we wrote."""
    sent = letter.message()
    assert letter.to == [address]
    assert sent.get_content_type() == "text/plain"
    assert not sent.is_multipart()
    assert "Bcc" not in sent
    assert len(sent.get_all("Content-Type")) == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_invitation_becomes_no_page_and_grows_no_header(name: str, omar: User) -> None:
    omar.name = name[:120]
    omar.save()
    invite_person(email="nina@sash.test", by=omar, at=timezone.now(), name=name)
    check(mail.outbox[0], "nina@sash.test")
    assert name[:20].split("\n")[0].strip() in mail.outbox[0].body


def test_nor_does_a_reset(omar: User) -> None:
    omar.name = NAMES[-1]
    omar.save()
    Client().post(reverse("account_reset_password"), {"email": omar.email})
    check(mail.outbox[0], omar.email)
