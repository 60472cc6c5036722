"""The archive's pages: the frozen transcript, whether it was changed, its exports."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from inbox.actions.archives import archive_conversation
from inbox.actions.assignments import assign_conversation
from inbox.actions.conversations import set_labels
from inbox.models import Archive, Label
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def archived(conversation, sofia):
    cast.inbound(conversation, "<script>alert('old')</script> Where is it?")
    cast.note(conversation, "He is right", sofia)
    return archive_conversation(conversation=conversation, by=sofia, at=cast.AT)


@pytest.fixture
def browser():
    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def test_it_is_listed_read_and_unchanged(archived, browser, ana):
    assert "Diego Fernández" in browser(ana).get("/archive/").content.decode()
    html = browser(ana).get(f"/archive/{archived.conversation_id}/").content.decode()
    assert "Where is it?" in html
    assert "<script>alert" not in html
    assert "He is right" in html
    assert "Unchanged since it was archived" in html


def test_a_change_behind_our_back_is_shown(archived, browser, ana):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_archive SET transcript = "
            "replace(transcript::text, 'Where is it', 'All is well')::jsonb"
        )
    html = browser(ana).get(f"/archive/{archived.conversation_id}/").content.decode()
    assert "Changed after it was archived" in html


def test_agents_see_no_way_to_restore_and_supervisors_do(archived, browser, ana, sofia):
    address = f"/archive/{archived.conversation_id}/"
    assert "Restore" not in browser(ana).get(address).content.decode()
    assert "Restore" in browser(sofia).get(address).content.decode()


def test_restored_from_its_transcript_it_opens(archived, browser, sofia):
    pk = archived.conversation_id
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/archive/{pk}/"}
    answer = browser(sofia).delete(f"/conversations/{pk}/archiving/", headers=headers)
    assert answer["HX-Redirect"] == f"/conversations/{pk}/"


def test_who_did_what_is_told_in_the_transcript(conversation, browser, ana, ben, sofia):
    label = Label.objects.create(name="refund")
    set_labels(conversation=conversation, labels=[label], by=sofia, at=cast.AT)
    assign_conversation(
        conversation=conversation, by=sofia, user=ben, note="He waits since Monday", at=cast.AT
    )
    archive_conversation(conversation=conversation, by=sofia, at=cast.AT)
    html = browser(ana).get(f"/archive/{conversation.pk}/").content.decode()
    assert "<bdi>Sofia Rossi</bdi> labels: added refund ·" in html
    assert "assigned the conversation to Ben Carter: He waits since Monday" in html


def test_cleo_sees_none_of_it(archived, browser, cleo):
    assert "Diego" not in browser(cleo).get("/archive/").content.decode()
    assert browser(cleo).get(f"/archive/{archived.conversation_id}/").status_code == 404
    assert (
        browser(cleo).get(f"/conversations/{archived.conversation_id}/export/json/").status_code
        == 404
    )


def test_an_open_conversation_has_no_frozen_transcript(conversation, browser, ana):
    assert browser(ana).get(f"/archive/{conversation.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("form", "start"), [("pdf", b"%PDF"), ("json", b"{"), ("csv", b"\xef\xbb\xbf")]
)
def test_exports_are_saved_never_shown(archived, browser, ana, form, start):
    answer = browser(ana).get(f"/conversations/{archived.conversation_id}/export/{form}/")
    assert answer.content.startswith(start)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_another_form_of_export_is_not_there(archived, browser, ana):
    address = f"/conversations/{archived.conversation_id}/export/exe/"
    assert browser(ana).get(address).status_code == 404
    assert Archive.objects.count() == 1
