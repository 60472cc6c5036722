"""What leaves the composer, what does not, and what becomes of what did not."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.media import path_of
from inbox.models import Attachment, Draft, Message, OutboxEntry

pytestmark = pytest.mark.django_db


def test_a_reply_goes_out_and_the_answer_is_its_bubble(talk, post, ana):
    answer = post(talk, "messages", text="Good *morning*")
    message = Message.objects.get(direction="out")
    assert (message.text, message.author, message.status) == ("Good *morning*", ana, "queued")
    assert OutboxEntry.objects.filter(message=message).exists()
    html = answer.content.decode()
    assert f'id="message-{message.pk}"' in html
    assert f'hx-swap-oob="beforeend:#thread-{talk.pk}"' in html


def test_a_double_click_makes_one_message(talk, post):
    number = str(uuid.uuid4())
    first = post(talk, "messages", text="Once", client_uuid=number)
    second = post(talk, "messages", text="Once", client_uuid=number)
    assert Message.objects.filter(direction="out").count() == 1
    assert first.content == second.content


def test_a_number_used_elsewhere_shows_nothing_of_that_message(talk, shut, post, cleo):
    number = str(uuid.uuid4())
    post(talk, "messages", text="Between us", client_uuid=number)
    answer = post(shut, "messages", text="x", client_uuid=number)
    assert answer.status_code == 422
    assert b"Between us" not in answer.content


def test_without_scripts_the_form_leads_back_to_the_conversation(talk, signed_in, ana):
    data = {"client_uuid": str(uuid.uuid4()), "mode": "reply", "text": "Plain"}
    answer = signed_in(ana).post(f"/conversations/{talk.pk}/messages/", data)
    assert answer.status_code == 302
    assert answer["Location"] == f"/conversations/{talk.pk}/"
    assert Message.objects.filter(text="Plain").exists()


def test_a_closed_window_turns_the_composer_into_the_picker_and_keeps_the_text(
    shut, post, ana, hello
):
    answer = post(shut, "messages", text="We found it!")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'data-state="closed"' in html
    assert 'hx-swap-oob="true"' in html
    assert "hello" in html
    assert "We found it!" in html
    assert not Message.objects.filter(direction="out").exists()
    assert Draft.objects.get(user=ana, conversation=shut).text == "We found it!"


@pytest.mark.parametrize(("length", "status"), [(4096, 200), (4097, 422)])
def test_a_text_may_have_4096_characters(talk, post, length, status):
    answer = post(talk, "messages", text="x" * length)
    assert answer.status_code == status
    if status == 422:
        assert 'data-field="text"' in answer.content.decode()


def test_variables_are_filled_when_it_goes(talk, post):
    post(talk, "messages", text="Hi {{first_name}}, {{agent_first_name}} here. {{7*7}}")
    assert Message.objects.get(direction="out").text == "Hi Diego, Ana here. {{7*7}}"


def test_a_variable_without_a_value_is_never_sent(talk, post, diego):
    diego.profile_name = ""
    diego.save()
    answer = post(talk, "messages", text="Hi {{first_name}}")
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="out").exists()


def test_a_note_posted_as_a_message_is_refused(talk, post):
    answer = post(talk, "messages", text="He never pays", mode="note")
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="out").exists()


def test_a_message_posted_as_a_note_is_refused(talk, post):
    assert post(talk, "notes", text="Hello", mode="reply").status_code == 422
    assert not Message.objects.filter(direction="note").exists()


def test_a_quote_of_another_conversation_is_left_out(talk, shut, post):
    other = shut.messages.first()
    post(talk, "messages", text="This?", quoted=other.pk)
    assert Message.objects.get(direction="out").quoted is None


def test_a_quote_goes_along(talk, post):
    asked = talk.messages.get(direction="in")
    post(talk, "messages", text="Yes", quoted=asked.pk)
    assert Message.objects.get(direction="out").quoted == asked


def test_files_go_one_message_each_in_their_order(talk, post, png):
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7 content", "application/pdf")
    answer = post(talk, "messages", text="Look", file=[png(), pdf])
    assert answer.status_code == 200
    sent = list(Message.objects.filter(direction="out").order_by("pk"))
    assert [(row.kind, row.text) for row in sent] == [("image", "Look"), ("document", "")]
    picture = sent[0].attachments.get()
    assert (picture.mime_type, picture.width, picture.height) == ("image/png", 32, 24)
    assert path_of(picture.stored_name).is_file()


def test_words_beside_a_sound_follow_as_a_message_of_their_own(talk, post):
    sound = SimpleUploadedFile("a.mp3", b"ID3\x04" + b"\0" * 200, "audio/mpeg")
    post(talk, "messages", text="Listen", file=sound)
    sent = Message.objects.filter(direction="out").order_by("pk")
    assert [(row.kind, row.text) for row in sent] == [("audio", ""), ("text", "Listen")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ\x90\x00"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("a.gif", b"GIF89a" + b"\0" * 20),
        ("photo.jpg", b"\xff\xd8\xff but no picture"),
        ("page.png", b"<html><script>alert(1)</script>"),
        ("empty.txt", b"\0\0\0"),
    ],
)
def test_a_file_that_whatsapp_does_not_take_is_refused_by_its_content(talk, post, name, content):
    upload = SimpleUploadedFile(name, content, "image/png")
    answer = post(talk, "messages", file=upload)
    assert answer.status_code == 422
    assert 'data-field="file"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_picture_beyond_5_mb_is_refused(talk, post):
    large = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * (5 * 1024**2), "image/png")
    answer = post(talk, "messages", file=large)
    assert answer.status_code == 422
    assert "5 MB" in answer.content.decode()


def test_a_file_name_never_leads_anywhere(talk, post, png):
    file = png()
    upload = SimpleUploadedFile("x.png", file.read(), "image/png")
    upload._name = "..\\..\\etc/pass\u200bwd\u202egnp.exe"
    post(talk, "messages", file=upload)
    row = Attachment.objects.get()
    assert "/" not in row.filename
    assert "\u202e" not in row.filename
    assert row.stored_name.isalnum()


def test_nothing_of_a_refused_message_stays_on_disk(shut, post, png, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    post(shut, "messages", file=png())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_place_and_a_card_go_in_metas_shape(talk, post):
    place = {"location.latitude": "19.43", "location.longitude": "-99.13", "location.name": "Us"}
    card = {"contacts.0.name": "Eva Ruiz", "contacts.0.phone": "+34 600 000 000"}
    assert post(talk, "messages", kind="location", **place).status_code == 200
    assert post(talk, "messages", kind="contacts", **card).status_code == 200
    one, two = Message.objects.filter(direction="out").order_by("pk")
    assert one.payload["location"] == {"latitude": "19.43", "longitude": "-99.13", "name": "Us"}
    assert two.payload["contacts"][0]["name"]["formatted_name"] == "Eva Ruiz"
    assert two.payload["contacts"][0]["phones"][0]["phone"] == "+34 600 000 000"


def test_a_place_off_the_earth_is_refused_beside_its_field(talk, post):
    place = {"location.latitude": "91", "location.longitude": "0"}
    answer = post(talk, "messages", kind="location", in_dialog="1", **place)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'data-field="location.latitude"' in html
    assert "innerHTML:#dialog-errors" in html


def test_a_kind_that_does_not_exist_is_refused(talk, post):
    assert post(talk, "messages", kind="hologram").status_code == 422


def test_a_form_without_a_number_is_refused(talk, post):
    assert post(talk, "messages", text="Hi", client_uuid="7").status_code == 422


def test_a_blocked_contact_gets_nothing(talk, post, diego):
    diego.is_blocked = True
    diego.save()
    answer = post(talk, "messages", text="Hi")
    assert answer.status_code == 422
    assert 'data-state="blocked"' in answer.content.decode()


def test_a_recording_that_is_no_sound_is_refused(talk, post):
    noise = io.BytesIO(b"not a sound")
    noise.name = "voice.webm"
    answer = post(talk, "messages", kind="voice", file=noise)
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="out").exists()
