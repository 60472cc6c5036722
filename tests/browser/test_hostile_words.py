"""What a customer writes never runs: on every page, in what is pushed, in front of real Chromium.

The console's errors, and with them every breach of the content security policy, fail the test.
"""

from __future__ import annotations

from itertools import cycle

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Channel, User
from inbox.actions import pushes
from inbox.actions.archives import archive_conversation
from inbox.actions.desks import save_draft
from inbox.models import Attachment, Conversation, Message
from tests import cast
from tests.browser.conftest import OpenPage
from tests.inbox.pages.test_hostile_words import DRAWN, payloads
from tests.security.corpus import CORPUS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARTS = 2
CHUNKS = [CORPUS[part::PARTS] for part in range(PARTS)]
FOREIGN = """() => [...document.querySelectorAll("*")].flatMap((element) => [
    ...element.getAttributeNames().filter((name) => name.startsWith("on")),
    ...(element.matches("iframe, object, embed, base, math, script:not([src], [type*=json])")
        ? [element.localName] : []),
    ...(/^\\s*(javascript|data|vbscript):/i.test(element.getAttribute("href") ?? "")
        ? [element.outerHTML] : []),
])"""


def check(page: Page) -> None:
    """Nothing ran, and nothing is there that could."""
    assert page.evaluate("window.__xss") is None
    assert page.evaluate(FOREIGN) == []


def talk_of(words: list[str], channel: Channel, ana: User) -> Conversation:
    """A conversation with somebody who is called so, and a draft."""
    contact = cast.make_contact(words[0][:200], "34612000001", company=words[1], notes=words[2])
    talk = cast.conversation_with(contact, channel, assignee=ana, at=timezone.now())
    save_draft(conversation=talk, user=ana, text=words[3], at=timezone.now())
    return talk


def write(talk: Conversation, words: list[str]) -> list[Message]:
    """Each of them in one kind of message, in a failed answer that quotes it, and in a note."""
    rows = []
    for text, kind in zip(words, cycle(DRAWN), strict=False):
        shape = payloads(text).get(kind, {})
        now = timezone.now()
        row = cast.inbound(talk, text, kind=kind, payload=shape, at=now)
        Attachment.objects.create(message=row, kind="document", state="ready", filename=text[:300])
        ours = cast.outbound(talk, text, quoted=row, status="failed", at=now, error_detail=text)
        rows += [row, ours, cast.note(talk, text, at=now)]
    return rows


def people_called(words: list[str], channel: Channel, ana: User, omar: User) -> None:
    """A customer of each name with a conversation, every fourth of which is archived."""
    for number, text in enumerate(words):
        contact = cast.make_contact(text[:200], f"3461300{number:04d}", company=text[:200])
        talk = cast.conversation_with(contact, channel, assignee=ana, at=timezone.now())
        cast.inbound(talk, text, at=timezone.now())
        if number % 4 == 0:
            Conversation.objects.filter(pk=talk.pk).update(status="closed", close_reason=text)
            talk.refresh_from_db()
            archive_conversation(conversation=talk, by=omar, at=timezone.now())


@pytest.mark.parametrize("words", CHUNKS, ids=range(PARTS))
def test_in_a_thread_its_panel_and_what_is_pushed(
    words: list[str], open_page: OpenPage, ana: User, channel: Channel
) -> None:
    talk = talk_of(words, channel, ana)
    page = open_page(ana, f"/inbox/all/{talk.pk}/")
    expect(page.locator(":root:not([data-offline])")).to_be_attached()
    check(page)
    with transaction.atomic():
        rows = write(talk, words)
        for row in rows:
            pushes.message_changed(row)
    expect(page.locator(f"#message-{rows[-1].pk}")).to_be_attached(timeout=30_000)
    page.locator(f"#message-{rows[-1].pk}").hover()
    check(page)
    for row in rows[:: len(rows) // 4]:
        page.goto(f"/conversations/{talk.pk}/?message={row.pk}")
        check(page)


@pytest.mark.parametrize("words", CHUNKS, ids=range(PARTS))
def test_in_lists_search_contacts_archive_and_admin(
    words: list[str], open_page: OpenPage, ana: User, omar: User, channel: Channel
) -> None:
    people_called(words, channel, ana, omar)
    archived = Conversation.objects.filter(status="archived").first()
    assert archived is not None
    page = open_page(omar, "/inbox/all/")
    check(page)
    for path in (
        "/search/?q=window",
        "/search/?q=%22%3E%3Cscript%3Ewindow.__xss%3D1%3C%2Fscript%3E",
        "/contacts/",
        f"/contacts/{archived.contact_id}/",
        "/archive/",
        f"/archive/{archived.pk}/",
    ):
        page.goto(path)
        check(page)
    for path in ("/admin/inbox/contact/", f"/admin/inbox/contact/{archived.contact_id}/change/"):
        page.goto(path)
        assert page.evaluate("window.__xss") is None
