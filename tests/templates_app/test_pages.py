"""The templates' own pages: the list, the editor and its checks while somebody types."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User, Waba
from templates_app.models import MessageTemplate
from tests import cast
from tests.inbox.sending.processes import Platform

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "template-editor"}
POST: dict[str, Any] = {
    "name": "parcel_moved",
    "language": "en_US",
    "category": "UTILITY",
    "header": "",
    "body": "Hi {{1}}, your parcel moved.",
    "examples.body.1": "Pablo",
    "footer": "Aurora",
    "buttons.0.kind": "QUICK_REPLY",
    "buttons.0.text": "Where is it?",
}


@pytest.fixture
def desk(client: Client, sofia: User, waba: Waba) -> Client:
    """Sofia's browser, signed in."""
    client.force_login(sofia)
    return client


def make(waba: Waba, name: str = "hello", **fields: Any) -> MessageTemplate:
    body = {"type": "BODY", "text": f"The text of {name}."}
    return MessageTemplate.objects.create(
        **{"waba": waba, "name": name, "language": "en_US", "category": "UTILITY",
           "status": "APPROVED", "components": [body]} | fields
    )  # fmt: skip


def post(desk: Client, path: str, **changes: Any) -> Any:
    return desk.post(path, {**POST, **changes}, headers=HTMX)


def test_the_list_shows_languages_side_by_side_and_why_one_was_rejected(
    desk: Client, waba: Waba
) -> None:
    make(waba)
    make(waba, language="es", status="REJECTED", reason="INVALID_FORMAT - Give an example.")
    make(waba, "bye", category="MARKETING", status="DELETED")
    page = desk.get(reverse("message_templates")).content.decode()
    assert page.count('class="family"') == 1
    assert page.count('class="family__language"') == 2
    assert "Variables or special characters are not where they may be. Give an example." in page


def test_words_and_choices_narrow_it(desk: Client, waba: Waba) -> None:
    make(waba)
    make(waba, "bye", category="MARKETING", status="PAUSED")
    path = reverse("message_templates")
    for query, name in (({"q": "text of bye"}, "bye"), ({"status": "APPROVED"}, "hello"),
                        ({"category": "MARKETING"}, "bye"), ({"q": "HELL"}, "hello")):  # fmt: skip
        page = desk.get(path, query, headers={"HX-Target": "template-rows"}).content.decode()
        assert page.count('class="family"') == 1, query
        assert f"<bdi>{name}</bdi>" in page
    assert "No template here" in desk.get(path, {"q": "nothing"}).content.decode()


def test_a_draft_is_saved_and_opened_again(desk: Client) -> None:
    answer = post(desk, reverse("message_template_new"), do="save")
    row = MessageTemplate.objects.get()
    assert (answer.status_code, row.status) == (204, "DRAFT")
    assert answer.headers["HX-Redirect"] == reverse("message_template", args=[row.pk])
    page = desk.get(answer.headers["HX-Redirect"]).content.decode()
    for shown in ("parcel_moved", "Hi {{1}}, your parcel moved.", 'value="Pablo"', "Where is it?"):
        assert shown in page


def test_submitted_from_the_page(desk: Client, platform: Platform) -> None:
    answer = post(desk, reverse("message_template_new"), do="submit")
    row = MessageTemplate.objects.get()
    assert (answer.status_code, row.status) == (204, "PENDING")
    assert row.external_id


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(desk: Client) -> None:
    answer = post(
        desk, reverse("message_template_new"), do="submit", body="{{1}}", footer="x" * 61
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="error-body"><p class="field__error">A variable cannot stand' in page
    assert 'id="error-footer"><p class="field__error">At most 60 characters' in page
    assert "x" * 61 in page
    assert (
        f'action="{reverse("message_template", args=[MessageTemplate.objects.get().pk])}"' in page
    )


def test_meta_says_no_and_the_text_stays(desk: Client, platform: Platform) -> None:
    post(desk, reverse("message_template_new"), do="submit")
    MessageTemplate.objects.all().delete()
    answer = post(desk, reverse("message_template_new"), do="submit")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "already exists" in page
    assert "Hi {{1}}, your parcel moved." in page


def test_buttons_come_go_and_move(desk: Client) -> None:
    path = reverse("message_template_new")
    page = post(desk, path, do="add:URL").content.decode()
    assert page.count('class="editor__button"') == 2
    assert 'name="buttons.1.target"' in page
    assert not MessageTemplate.objects.exists()
    page = post(desk, path, do="remove:0").content.decode()
    assert page.count('class="editor__button"') == 0
    two = {"buttons.1.kind": "PHONE_NUMBER", "buttons.1.text": "Call us"}
    page = post(desk, path, do="up:1", **two).content.decode()
    assert page.index("Call us") < page.index("Where is it?")


def test_while_typing_the_preview_and_the_checks_follow(desk: Client) -> None:
    path = reverse("message_template_new_preview")
    page = post(desk, path, shown=["body.1"], footer="By {{1}}").content.decode()
    assert "Hi Pablo, your parcel moved." in page
    assert "The footer cannot have variables." in page
    assert "template-examples" not in page, "the fields of examples stay as they are"
    page = post(desk, path, body="Hi {{1}} and {{2}}, hello.", shown=["body.1"]).content.decode()
    assert 'id="template-examples" hx-swap-oob="true"' in page
    assert 'name="examples.body.2"' in page


def test_a_sample_picture_is_kept_and_shown(desk: Client) -> None:
    picture = SimpleUploadedFile("parcel.png", cast.png(), "image/png")
    post(desk, reverse("message_template_new"), do="save", header="IMAGE", sample=picture)
    row = MessageTemplate.objects.get()
    assert (row.sample_type, row.sample_name) == ("image/png", "parcel.png")
    answer = desk.get(reverse("message_template_sample", args=[row.pk]))
    assert b"".join(answer.streaming_content) == cast.png()
    page = desk.get(reverse("message_template", args=[row.pk])).content.decode()
    assert reverse("message_template_sample", args=[row.pk]) in page


def test_a_file_that_will_not_do_says_why(desk: Client) -> None:
    text = SimpleUploadedFile("parcel.png", b"not a picture", "image/png")
    answer = post(desk, reverse("message_template_new"), do="save", header="IMAGE", sample=text)
    assert answer.status_code == 422
    assert (
        'id="error-header-file"><p class="field__error">WhatsApp takes' in answer.content.decode()
    )


def test_one_that_cannot_be_edited_says_why_and_shows_itself(desk: Client, waba: Waba) -> None:
    row = make(waba, status="DISABLED", reason="FLAGGED_TOO_LONG")
    page = desk.get(reverse("message_template", args=[row.pk])).content.decode()
    assert "It was flagged for seven days without getting better." in page
    assert "Only approved, rejected and paused templates can be edited." in page
    assert 'value="submit"' not in page
    answer = post(desk, reverse("message_template", args=[row.pk]), do="submit")
    assert answer.status_code == 422


def test_a_copy_begins_with_the_same_content(desk: Client, waba: Waba) -> None:
    row = make(waba)
    path = reverse("message_template_new")
    page = desk.get(path, {"copy": row.pk}).content.decode()
    assert 'value="hello_copy"' in page
    assert "The text of hello." in page
    page = desk.get(path, {"copy": row.pk, "as": "language"}).content.decode()
    assert 'value="hello"' in page


def test_settings_say_what_goes_instead_and_how_it_reads_elsewhere(
    desk: Client, waba: Waba
) -> None:
    row, other = make(waba), make(waba, "bye")
    path = reverse("message_template_settings", args=[row.pk])
    assert desk.post(path, {"fallback": other.pk, "sms": "Short."}).status_code == 302
    row.refresh_from_db()
    assert (row.fallback, row.overrides) == (other, {"sms": "Short."})
    page = desk.get(path).content.decode()
    assert "The text of hello." in page, "the web chat's text is made from the template"
    shown = desk.get(reverse("message_template_settings", args=[other.pk])).content.decode()
    assert "fallback of hello (en_US)" in shown
    answer = desk.post(path, {"sms": "x" * 2000})
    assert answer.status_code == 422
    assert "x" * 2000 in answer.content.decode()


def test_what_is_in_use_is_not_deleted_and_says_by_whom(desk: Client, waba: Waba) -> None:
    row = make(waba)
    make(waba, "bye", fallback=row)
    path = reverse("message_template_deletion", args=[row.pk])
    page = desk.post(path, follow=True).content.decode()
    assert "It is in use: fallback of bye (en_US)." in page
    MessageTemplate.objects.filter(name="bye").update(fallback=None)
    assert desk.post(path).headers["Location"] == reverse("message_templates")
    row.refresh_from_db()
    assert row.status == "DELETED"


def test_nothing_typed_is_markup(desk: Client) -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    answer = post(desk, reverse("message_template_new"), do="add:URL", body=evil, footer=evil,
                  name=evil, **{"buttons.0.text": evil})  # fmt: skip
    assert "<img src=x" not in answer.content.decode()
