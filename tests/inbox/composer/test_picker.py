"""The closed window's composer: templates prefilled, previewed, sent, never with a gap."""

from __future__ import annotations

import pytest

from inbox.models import Draft, Message
from templates_app.models import MessageTemplate
from tests import cast

pytestmark = pytest.mark.django_db
VALUES = {"values.body.1": "Marina", "values.body.2": "your order"}


def test_the_composer_says_why_and_offers_templates(shut, hello, ana, signed_in):
    Draft.objects.create(
        user=ana, conversation=shut, text="Your answer is <b>here</b>", updated_at=cast.AT
    )
    html = signed_in(ana).get(f"/conversations/{shut.pk}/composer/").content.decode()
    assert "The window closed 3 h ago" in html
    assert 'name="mode" value="note"' in html
    assert 'name="mode" value="reply"' not in html
    assert "Your answer is &lt;b&gt;here&lt;/b&gt;" in html
    assert '<span class="fill fill--filled">Marina</span>' in html
    assert '<span class="fill fill--gap">{{2}}</span>' in html


def test_an_open_window_has_the_text_and_the_draft(talk, ana, signed_in):
    Draft.objects.create(user=ana, conversation=talk, text="</textarea>x", updated_at=cast.AT)
    html = signed_in(ana).get(f"/conversations/{talk.pk}/composer/").content.decode()
    assert 'data-state="open"' in html
    assert "&lt;/textarea&gt;x" in html
    assert "data-enter-sends" in html


def test_only_sendable_templates_are_offered_and_found_by_words(shut, hello, waba, ana, signed_in):
    for status in ("PENDING", "REJECTED", "PAUSED", "DISABLED"):
        MessageTemplate.objects.create(
            waba=waba, name=f"t_{status}", language="en", category="UTILITY", status=status
        )
    browser = signed_in(ana)
    base = f"/conversations/{shut.pk}/templates/?part=cards"
    everything = browser.get(base).content.decode()
    assert everything.count("picker__card") == 1
    assert "picker__card" in browser.get(f"{base}&q=NEWS+hello").content.decode()
    assert "picker__card" not in browser.get(f"{base}&q=refund").content.decode()
    assert "picker__card" not in browser.get(f"{base}&language=es").content.decode()


def test_templates_in_the_customers_language_come_first(shut, hello, waba, ana, signed_in):
    for language in ("de", "es_MX", "it"):
        hello.pk, hello.language = None, language
        hello.save()
    shut.contact.language = "es"
    shut.contact.save()
    page = signed_in(ana).get(f"/conversations/{shut.pk}/templates/").content.decode()
    cards = page[page.index('id="picker-cards"') :].lower()
    assert cards.index("español") < min(cards.index("deutsch"), cards.index("english"))
    choices = page[page.index('name="language"') : page.index("</select>")]
    assert choices.index('value="es_MX"') < choices.index('value="de"')


def test_the_preview_follows_the_values_and_escapes_them(shut, hello, post):
    values = {"values.body.1": "<script>x</script>", "values.body.2": "*it*"}
    html = post(shut, f"templates/{hello.pk}", **values).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert "<strong>it</strong>" in html
    assert "still missing" not in html
    assert (
        "1 value is still missing"
        in post(shut, f"templates/{hello.pk}", **{"values.body.1": "Marina"}).content.decode()
    )


def test_a_template_goes_although_the_window_is_closed_and_the_draft_stays(shut, hello, post, ana):
    Draft.objects.create(user=ana, conversation=shut, text="Later", updated_at=cast.AT)
    answer = post(shut, "template-messages", template=hello.pk, **VALUES)
    assert answer.status_code == 200
    message = Message.objects.get(direction="out")
    assert (message.kind, message.template) == ("template", hello)
    assert message.text == "Hello Marina, about your order: we have news."
    assert f'id="message-{message.pk}"' in answer.content.decode()
    assert Draft.objects.filter(user=ana, text="Later").exists()


def test_a_missing_value_is_marked_and_nothing_goes(shut, hello, post):
    answer = post(
        shut,
        "template-messages",
        template=hello.pk,
        **VALUES | {"values.body.2": " "},
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'name="values.body.2"' in html
    assert "This cannot be empty." in html
    assert 'value="Marina"' in html
    assert not Message.objects.filter(direction="out").exists()


def test_a_template_that_was_paused_meanwhile_is_not_there(shut, hello, post):
    MessageTemplate.objects.update(status="PAUSED")
    answer = post(shut, "template-messages", template=hello.pk, **VALUES)
    assert answer.status_code == 404
    assert not Message.objects.filter(direction="out").exists()


def test_a_header_picture_is_asked_for_and_goes_along(shut, waba, post, png):
    row = MessageTemplate.objects.create(
        waba=waba,
        name="sale",
        language="es",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hola."}],
    )
    refused = post(shut, "template-messages", template=row.pk)
    assert refused.status_code == 422
    assert post(shut, "template-messages", template=row.pk, file=png()).status_code == 200
    assert Message.objects.get(direction="out").attachments.get().kind == "image"
