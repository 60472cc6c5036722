"""A reply written without having seen what came meanwhile is stopped, and goes when told so."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from inbox.actions.messages import send_message
from inbox.models import Message, Reaction
from inbox.queries.changes import read_cursor
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(talk):
    """look(): what a page posts that has just opened the conversation."""

    def open_it(*, sent=()):
        shown = talk.messages.exclude(kind="reaction").values_list("pk", flat=True)
        return {
            "seen_since": str(read_cursor()),
            "seen_at": str(int(time.time())),
            "seen": ",".join(map(str, shown)),
            "sent": ",".join(map(str, sent)),
        }

    return open_it


def sent():
    rows = Message.objects.filter(direction="out", provider_id=None).order_by("pk")
    return list(rows.values_list("text", flat=True))


def test_a_reply_over_an_unseen_message_of_the_customer_is_stopped_with_it(talk, post, look):
    seen = look()
    new = cast.inbound(talk, "<b>Cancel</b> it, please", at=timezone.now())
    answer = post(talk, "messages", text="It is on its way", **seen)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert sent() == []
    assert f'hx-swap-oob="innerHTML:#conversation-{talk.pk}-unseen"' in html
    assert f'hx-swap-oob="beforeend:#thread-{talk.pk}"' in html
    assert html.count("&lt;b&gt;Cancel&lt;/b&gt; it, please") >= 2, "in the notice and the thread"
    assert f'messages="{new.pk}"' in html


def test_a_tick_on_what_was_there_below_the_page_stops_nothing(talk, post, look):
    old = cast.inbound(talk, "Long ago, and not loaded yet")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=1))
    seen = look()
    seen["seen"] = seen["seen"].removesuffix(f",{old.pk}")
    Message.objects.filter(pk=old.pk).update(read_at=timezone.now())
    assert post(talk, "messages", text="I answer", **seen).status_code == 200


def test_sent_anyway_it_goes_once(talk, post, look):
    seen, number = look(), str(uuid.uuid4())
    new = cast.inbound(talk, "Wait", at=timezone.now())
    assert post(talk, "messages", text="Go", client_uuid=number, **seen).status_code == 409
    seen["seen"] += f",{new.pk}"
    assert post(talk, "messages", text="Go", client_uuid=number, **seen).status_code == 200
    assert post(talk, "messages", text="Go", client_uuid=number, **seen).status_code == 200
    assert sent() == ["Go"]


def test_what_came_after_it_was_told_stops_it_again(talk, post, look):
    seen = look()
    first = cast.inbound(talk, "One", at=timezone.now())
    post(talk, "messages", text="Go", **seen)
    seen["seen"] += f",{first.pk}"
    second = cast.inbound(talk, "Two", at=timezone.now())
    answer = post(talk, "messages", text="Go", **seen)
    assert answer.status_code == 409
    assert f'messages="{second.pk}"' in answer.content.decode()


@pytest.mark.parametrize("kind", ["agent", "bot", "phone_app"])
def test_an_unseen_answer_of_ours_stops_it_whoever_gave_it(talk, post, look, ben, kind):
    seen = look()
    author = ben if kind == "agent" else None
    cast.outbound(talk, "Already answered", author=author, author_kind=kind, at=timezone.now())
    answer = post(talk, "messages", text="Hello", **seen)
    assert answer.status_code == 409
    assert b"Already answered" in answer.content


def test_her_own_answer_from_another_tab_counts_as_a_colleagues(talk, post, look):
    seen = look()
    assert post(talk, "messages", text="From the other tab").status_code == 200
    assert post(talk, "messages", text="Twice", **seen).status_code == 409


def test_her_own_messages_of_this_page_do_not_though_their_bubbles_are_still_on_the_way(
    talk, post, look
):
    first = str(uuid.uuid4())
    seen = look(sent=[first])
    assert post(talk, "messages", text="One", client_uuid=first, **look()).status_code == 200
    assert post(talk, "messages", text="Two", **seen).status_code == 200


def test_a_colleague_cannot_pass_for_her_by_the_number_of_a_message(talk, post, look, ben):
    number = uuid.uuid4()
    seen = look(sent=[number])
    post(talk, "messages", user=ben, text="Ben's", client_uuid=str(number))
    assert post(talk, "messages", text="Hers", **seen).status_code == 409


def test_nothing_new_stops_nothing(talk, post, look, ben, diego):
    seen = look()
    old = talk.messages.get()
    Reaction.objects.create(message=old, author_kind="customer", emoji="👍", at=timezone.now())
    cast.note(talk, "Between us", author=ben, at=timezone.now())
    talk.messages.update(read_at=timezone.now())  # a tick gives the row a new number
    assert post(talk, "messages", text="Hello", **seen).status_code == 200


def test_a_tick_on_an_old_message_that_the_page_has_not_loaded_stops_nothing(talk, post, look):
    seen = look()
    old = talk.messages.get()
    new = cast.inbound(talk, "Newer", at=timezone.now())
    seen |= {"seen": str(new.pk)}
    talk.messages.filter(pk=old.pk).update(read_at=timezone.now())
    assert post(talk, "messages", text="Hello", **seen).status_code == 200


def test_a_lost_push_in_the_middle_is_noticed(talk, post, look):
    seen = look()
    lost = cast.inbound(talk, "Lost", at=timezone.now())
    shown = cast.inbound(talk, "Shown", at=timezone.now())
    seen["seen"] += f",{shown.pk}"
    answer = post(talk, "messages", text="Hello", **seen)
    assert answer.status_code == 409
    assert f'messages="{lost.pk}"' in answer.content.decode()


def test_a_page_of_several_messages_is_asked_once(talk, post, look, png):
    files = [png(), png()]
    assert post(talk, "messages", text="Two", file=files, **look()).status_code == 200
    assert Message.objects.filter(direction="out").count() == 2


def test_who_says_nothing_of_what_it_saw_is_not_asked(talk, post, ana):
    cast.inbound(talk, "New", at=timezone.now())
    assert post(talk, "messages", text="Plain").status_code == 200
    message = send_message(conversation=talk, author=ana, text="By code", at=timezone.now())
    assert message.status == "queued"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"seen_since": "x"},
        {"seen_since": "9" * 40},
        {"seen": "1,x"},
        {"seen": "1," * 5000},
        {"seen": "9" * 40},
        {"sent": "not-a-uuid"},
    ],
)
def test_nonsense_is_told_so_and_nothing_goes(talk, post, look, nonsense):
    answer = post(talk, "messages", text="Hello", **(look() | nonsense))
    assert answer.status_code == 422
    assert sent() == []


def test_a_note_is_never_stopped(talk, post, look):
    seen = look()
    cast.inbound(talk, "New", at=timezone.now())
    assert post(talk, "notes", text="Call him", mode="note", **seen).status_code == 200


def test_a_template_is_stopped_too_and_its_values_stay(talk, post, look, hello):
    seen = look()
    cast.inbound(talk, "Never mind", at=timezone.now())
    values = {"template": hello.pk, "values.body.1": "Diego", "values.body.2": "the order"}
    answer = post(talk, "template-messages", **values, **seen)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Never mind" in html
    assert 'value="the order"' in html
    assert sent() == []


def test_a_dialog_is_told_beside_its_own_button(talk, post, look):
    seen = look()
    cast.inbound(talk, "Here I am", at=timezone.now())
    place = {"location.latitude": "1.5", "location.longitude": "2.5"}
    answer = post(talk, "messages", kind="location", in_dialog="1", **place, **seen)
    assert answer.status_code == 409
    assert 'hx-swap-oob="innerHTML:#dialog-errors"' in answer.content.decode()


def test_files_of_a_stopped_message_do_not_stay_behind(talk, post, look, png, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    seen = look()
    cast.inbound(talk, "New", at=timezone.now())
    assert post(talk, "messages", file=png(), **seen).status_code == 409
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.django_db(transaction=True)
def test_a_message_that_commits_while_the_gate_waits_for_the_row_is_found(talk, post, look):
    """The customer's message holds the conversation; the reply waits, then sees it."""
    seen, answers = look(), []

    def reply():
        try:
            answers.append(post(talk, "messages", text="Blind", **seen).status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=reply)
    with transaction.atomic():
        cast.inbound(talk, "Meanwhile", at=timezone.now())
        thread.start()
        while not somebody_waits() and thread.is_alive():
            pass
    thread.join(20)
    assert answers == [409]


def somebody_waits():
    """For a row that this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
