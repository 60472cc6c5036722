"""Drafts, notes, mentions, canned replies, typing: what surrounds the writing."""

from __future__ import annotations

import uuid

import pytest

from inbox.models import CannedReply, Draft, Mention, Message

pytestmark = pytest.mark.django_db


def test_a_draft_is_kept_and_an_empty_one_goes(talk, post, ana):
    assert post(talk, "draft", text="Dear Di").status_code == 204
    assert Draft.objects.get(user=ana).text == "Dear Di"
    post(talk, "draft", text="  ")
    assert not Draft.objects.exists()


def test_a_draft_that_comes_after_its_message_is_let_go(talk, post):
    number = str(uuid.uuid4())
    post(talk, "messages", text="Sent", client_uuid=number)
    post(talk, "draft", text="Sent", client_uuid=number)
    assert not Draft.objects.exists()


def test_a_note_in_passing_leaves_the_waiting_reply(shut, post, ana):
    post(shut, "draft", text="We found it!")
    post(shut, "draft", text="note", mode="note")
    post(shut, "notes", text="Called her", mode="note")
    assert Draft.objects.get(user=ana).text == "We found it!"


def test_sending_leaves_the_drafts_of_others(talk, post, ana, ben):
    post(talk, "draft", text="mine")
    post(talk, "draft", user=ben, text="his")
    post(talk, "messages", text="mine")
    assert [draft.user for draft in Draft.objects.all()] == [ben]


def test_a_note_is_written_once_and_mentions_whom_it_names(talk, post, ben, cleo):
    number = str(uuid.uuid4())
    for _ in range(2):
        answer = post(
            talk,
            "notes",
            mode="note",
            text="@Ben Carter and @Cleo Martin, look; not @Ben Carterson",
            client_uuid=number,
        )
        assert answer.status_code == 200
    note = Message.objects.get(direction="note")
    assert [mention.user for mention in Mention.objects.filter(message=note)] == [ben]
    assert 'class="message message--note' in answer.content.decode()


def test_only_people_who_may_see_it_are_offered_for_a_mention(talk, ana, ben, cleo, signed_in):
    base = f"/conversations/{talk.pk}/mentionable/?q="
    html = signed_in(ana).get(base).content.decode()
    assert "Ben Carter" in html
    assert "Cleo" not in html
    assert "Ben" not in signed_in(ana).get(base + "zoe").content.decode()


def test_canned_replies_are_filled_in_and_kept_to_their_team(talk, ana, sales, support, signed_in):
    CannedReply.objects.create(shortcut="hi", title="Hi", text="Hi {{first_name}}", team=support)
    CannedReply.objects.create(shortcut="deal", title="Deal", text="A deal", team=sales)
    html = signed_in(ana).get(f"/conversations/{talk.pk}/canned-replies/?q=h").content.decode()
    assert 'data-value="Hi Diego"' in html
    html = signed_in(ana).get(f"/conversations/{talk.pk}/canned-replies/").content.decode()
    assert "/deal" not in html


def test_a_customers_name_is_text_wherever_it_is_filled_in(talk, diego, ana, signed_in, post):
    diego.profile_name = '"><img/src=x/onerror=alert(1)>'
    diego.save()
    CannedReply.objects.create(shortcut="hi", title="Hi", text="Hi {{name}}")
    browser = signed_in(ana)
    for place in ("canned-replies/", "composer/", "panel/", "templates/"):
        html = browser.get(f"/conversations/{talk.pk}/{place}").content.decode()
        assert "<img/src" not in html, place
    assert "<img/src" not in post(talk, "messages", text="Hi {{name}}").content.decode()


def test_typing_is_told_and_taken_back(talk, ana, signed_in):
    browser = signed_in(ana)
    address = f"/conversations/{talk.pk}/typing/"
    assert browser.post(address, {"mode": "reply"}).status_code == 204
    assert browser.delete(address).status_code == 204
    assert browser.get(address).status_code == 405


def test_a_reaction_is_put_on_the_message(talk, ana, signed_in):
    message = talk.messages.get(direction="in")
    address = f"/messages/{message.pk}/reactions/"
    answer = signed_in(ana).post(address, {"emoji": "👍"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    assert "👍" in answer.content.decode()
    assert message.reactions.get().emoji == "👍"
    signed_in(ana).post(address, {"emoji": ""}, HTTP_HX_REQUEST="true")
    assert not message.reactions.exists()


def test_a_reaction_that_is_no_emoji_is_refused(talk, ana, signed_in):
    message = talk.messages.get(direction="in")
    answer = signed_in(ana).post(
        f"/messages/{message.pk}/reactions/", {"emoji": "<b>"}, HTTP_HX_REQUEST="true"
    )
    assert answer.status_code == 422
    assert not message.reactions.exists()
