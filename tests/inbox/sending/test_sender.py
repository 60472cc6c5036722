"""What a sender does with queued messages, against a Cloud API that answers as told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AccountEvent, Channel, PhoneNumber, User, Waba
from core.media import StoredFile, store_chunks
from inbox.actions.messages import mark_read_to_customer, send_message, show_typing_to_customer
from inbox.failures import Own
from inbox.models import (
    Attachment,
    Attempt,
    Contact,
    Conversation,
    Identity,
    Message,
    OutboxEntry,
    SessionWindow,
)
from templates_app.models import MessageTemplate
from tests import cast
from tests.inbox.sending.graph import Graph, answer, hang_up, refuse, send_until

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def status_of(message: Message) -> str:
    return Message.objects.values_list("status", flat=True).get(pk=message.pk)


def has_status(message: Message, status: str) -> Callable[[], bool]:
    return lambda: status_of(message) == status


def attempts_of(message: Message) -> list[tuple[int, str, int | None]]:
    rows = message.attempts.order_by("number")
    return [(row.number, row.outcome, row.error_code) for row in rows]


def waits(message: Message) -> float:
    """Seconds until the message may be tried again."""
    entry = OutboxEntry.objects.get(pk=message.pk)
    return (entry.not_before - timezone.now()).total_seconds()


def was_refused(message: Message) -> Callable[[], bool]:
    return lambda: message.attempts.filter(outcome="refused").exists()


def test_a_queued_message_leaves_and_keeps_the_id_that_meta_gave(say: Say, graph: Graph) -> None:
    message = say("Yes, it is.")

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+34612345678",
            "type": "text",
            "text": {"body": "Yes, it is.", "preview_url": False},
            "biz_opaque_callback_data": f"sash:{message.pk}",
        }
    ]
    assert set(graph.tokens) == {f"Bearer {cast.ACCESS_TOKEN}"}
    message.refresh_from_db()
    assert message.provider_id == "wamid.FAKE000001"
    assert not OutboxEntry.objects.exists()
    assert attempts_of(message) == [(1, "accepted", None)]


def test_replies_to_one_customer_leave_in_their_order(say: Say, graph: Graph) -> None:
    messages = [say(f"line {index}") for index in range(8)]

    send_until(has_status(messages[-1], "accepted"), graph)

    assert graph.texts == [f"line {index}" for index in range(8)]


def test_a_refused_message_is_tried_again_before_the_one_behind_it(say: Say, graph: Graph) -> None:
    graph.replies = [refuse(80007)]
    first, second = say("first"), say("second")

    send_until(has_status(second, "accepted"), graph)

    assert graph.texts == ["first", "first", "second"]
    assert attempts_of(first) == [(1, "refused", 80007), (2, "accepted", None)]


def test_meta_s_word_on_how_long_to_wait_is_obeyed(say: Say, graph: Graph) -> None:
    graph.replies = [refuse(4, http=429, **{"Retry-After": "45"})]
    message = say()

    send_until(was_refused(message), graph)

    assert status_of(message) == "queued"
    assert 43 < waits(message) < 45


@pytest.mark.parametrize("code", [100, 131026, 131051, 132007, 999999])
def test_a_final_refusal_fails_with_metas_own_words(say: Say, graph: Graph, code: int) -> None:
    graph.replies = [refuse(code, details="Meta's own words")]
    message = say()

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert (message.error_code, message.error_detail) == (code, "Meta's own words")
    assert message.failed_at is not None
    assert message.conversation.__class__.objects.get().preview_failed
    assert not OutboxEntry.objects.exists()
    assert len(graph.calls) == 1


@pytest.mark.parametrize(
    "reply",
    [
        refuse(131000, http=500),
        refuse(1, http=400),
        refuse(3, http=500),
        answer("<html>bad gateway</html>", http=502),
        answer('{"messaging_product":"whatsapp","contacts":[{"inp'),
        answer('{"messaging_product":"whatsapp"}'),
        hang_up,
    ],
    ids=["131000", "unsure code", "any 5xx", "not json", "half an answer", "no id", "hang up"],
)
def test_what_may_have_gone_out_is_unknown_and_never_sent_again(
    say: Say, graph: Graph, reply: Any
) -> None:
    graph.replies = [reply]
    doubtful, after = say("doubtful"), say("after it")

    send_until(has_status(after, "accepted"), graph)

    assert graph.texts == ["doubtful", "after it"]
    doubtful.refresh_from_db()
    assert (doubtful.status, doubtful.provider_id) == ("unknown", None)
    assert [outcome for _, outcome, _ in attempts_of(doubtful)] == ["unknown"]
    assert OutboxEntry.objects.get().state == "unknown"


def test_an_answer_that_never_comes_is_unknown(
    say: Say, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.transports.whatsapp.SEND_SECONDS", 0.2)
    released: list[Any] = []

    async def stall(request: Any, body: Any) -> Any:
        import asyncio

        event = asyncio.Event()
        released.append(event)
        await event.wait()

    graph.replies = [stall]
    message = say()

    send_until(has_status(message, "unknown"), graph)

    assert len(graph.calls) == len(released) == 1


def test_a_closed_port_is_safe_to_try_again(
    say: Say, graph: Graph, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say()
    monkeypatch.setattr("accounts.graph.settings", Unreachable())

    send_until(was_refused(message), graph)

    assert status_of(message) == "queued"
    assert attempts_of(message) == [(1, "refused", Own.UNREACHABLE)]
    monkeypatch.undo()

    send_until(has_status(message, "accepted"), graph)
    assert len(graph.calls) == 1


class Unreachable:
    WHATSAPP_GRAPH_URL = "http://127.0.0.1:9"
    WHATSAPP_API_VERSION = "v25.0"


def test_the_pair_limit_waits_four_to_the_power_of_x(
    say: Say, graph: Graph, now: datetime
) -> None:
    message = say()
    seen = []
    for expected in (1, 4, 16):
        graph.replies = [refuse(131056)]
        count = message.attempts.count()
        send_until(lambda c=count: message.attempts.exclude(outcome="started").count() > c, graph)
        seen.append(waits(message))
        assert expected - 0.7 < seen[-1] <= expected
        OutboxEntry.objects.update(not_before=now)
    assert attempts_of(message) == [(n, "refused", 131056) for n in (1, 2, 3)]


def test_the_pair_limit_holds_up_nobody_else(
    say: Say,
    graph: Graph,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
    ana: User,
    now: datetime,
) -> None:
    graph.replies = [refuse(131056)]
    other = conversation_with(marina)
    cast.inbound(other, at=now)
    blocked = say("to Diego")
    send_until(was_refused(blocked), graph)
    OutboxEntry.objects.update(not_before=now + timedelta(hours=1))
    free = send_message(conversation=other, author=ana, text="to Marina", at=now)

    send_until(has_status(free, "accepted"), graph)

    assert graph.texts == ["to Diego", "to Marina"]


def test_a_refused_token_pauses_the_number_and_nothing_is_lost(say: Say, graph: Graph) -> None:
    graph.replies = [refuse(190, http=401, details="Error validating access token")]
    first, second = say("first"), say("second")

    send_until(lambda: PhoneNumber.objects.get().is_paused and was_refused(first)(), graph)

    assert graph.texts == ["first"]
    assert (status_of(first), status_of(second)) == ("queued", "queued")
    assert AccountEvent.objects.get().kind == "paused"

    PhoneNumber.objects.update(is_paused=False)
    send_until(has_status(second, "accepted"), graph)
    assert graph.texts == ["first", "first", "second"]


def test_a_message_whose_window_closed_meanwhile_never_reaches_meta(
    say: Say, graph: Graph, now: datetime
) -> None:
    message = say()
    Conversation.objects.update(window_closes_at=now)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.WINDOW_CLOSED
    assert graph.calls == []
    assert attempts_of(message) == []


def test_what_waited_too_long_fails_instead_of_coming_late(
    say: Say, graph: Graph, now: datetime
) -> None:
    message = say()
    OutboxEntry.objects.update(
        expires_at=now - timedelta(seconds=1), not_before=now + timedelta(hours=1)
    )

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.EXPIRED
    assert graph.calls == []


def test_meta_saying_that_the_window_is_closed_closes_it(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    graph.replies = [refuse(131047)]
    message = say()

    send_until(has_status(message, "failed"), graph)

    talk.refresh_from_db()
    assert not talk.window.is_open(timezone.now())
    assert SessionWindow.objects.get().closes_at <= timezone.now()


def test_a_contact_blocked_meanwhile_gets_nothing(say: Say, graph: Graph) -> None:
    message = say()
    Contact.objects.update(is_blocked=True)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.CONTACT_BLOCKED
    assert graph.calls == []


def test_a_template_paused_meanwhile_is_not_sent(
    talk: Conversation, ana: User, waba: Waba, graph: Graph, now: datetime
) -> None:
    template = MessageTemplate.objects.create(
        waba=waba,
        name="hi",
        language="es",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hola"}],
    )
    message = send_message(conversation=talk, author=ana, template=template, at=now)
    MessageTemplate.objects.update(status="PAUSED")

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.TEMPLATE_GONE
    assert graph.calls == []


def test_a_template_goes_out_with_its_values(
    talk: Conversation, ana: User, waba: Waba, graph: Graph, now: datetime
) -> None:
    template = MessageTemplate.objects.create(
        waba=waba,
        name="order",
        language="en_US",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Thanks, {{1}}!"}],
    )
    message = send_message(
        conversation=talk,
        author=ana,
        template=template,
        template_values={"body.1": "Diego"},
        at=now,
    )

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["template"] == {
        "name": "order",
        "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Diego"}]}],
    }


def stored(content: bytes, mime_type: str, **fields: Any) -> StoredFile:
    from dataclasses import replace

    return replace(store_chunks([content], limit=10**6), mime_type=mime_type, **fields)


def test_a_file_is_uploaded_once_and_then_named(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    file = stored(b"%PDF-1.4 invoice", "application/pdf", filename="in voice.pdf")
    graph.replies = [refuse(4)]
    message = say("Your invoice", kind="document", files=[file])

    send_until(has_status(message, "accepted"), graph)

    assert graph.uploads == [
        {
            "type": "application/pdf",
            "filename": f"file-{Attachment.objects.get().pk}.pdf",
            "content_type": "application/pdf",
            "content": b"%PDF-1.4 invoice",
        }
    ]
    document = {"id": "media-1", "caption": "Your invoice", "filename": "in voice.pdf"}
    assert [call["document"] for call in graph.calls] == [document, document]
    attachment = Attachment.objects.get()
    assert attachment.provider_media_id == "media-1"
    assert attachment.provider_media_expires_at is not None
    assert attachment.provider_media_expires_at > timezone.now() + timedelta(days=28)


def test_a_recording_goes_out_as_a_voice_note(say: Say, graph: Graph) -> None:
    file = stored(b"OggS....", "audio/ogg; codecs=opus", is_voice=True)
    message = say("", kind="audio", files=[file])

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["audio"] == {"id": "media-1", "voice": True}


def test_a_picture_stands_above_the_buttons(say: Say, graph: Graph) -> None:
    content = {
        "type": "button",
        "header": {"type": "image"},
        "body": {"text": "This one?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
    }
    picture = stored(b"picture", "image/png")
    message = say("", kind="interactive", payload={"interactive": content}, files=[picture])

    send_until(has_status(message, "accepted"), graph)

    header = {"type": "image", "image": {"id": "media-1"}}
    assert graph.calls[0]["interactive"] == content | {"header": header}


def test_a_file_that_meta_refuses_fails_the_message(say: Say, graph: Graph) -> None:
    graph.upload_replies = [refuse(131053, details="Unsupported")]
    message = say("", kind="image", files=[stored(b"not a picture", "image/png")])

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == 131053
    assert graph.calls == []
    assert attempts_of(message) == [(1, "refused", 131053)]


def test_an_upload_without_an_answer_is_simply_done_again(say: Say, graph: Graph) -> None:
    graph.upload_replies = [refuse(131000, http=500)]
    message = say("", kind="image", files=[stored(b"picture", "image/png")])

    send_until(has_status(message, "accepted"), graph)

    assert len(graph.uploads) == 2
    assert len(graph.calls) == 1


def test_a_lost_file_fails_in_words(say: Say, graph: Graph) -> None:
    message = say("", kind="image", files=[stored(b"picture", "image/png")])
    Attachment.objects.update(stored_name="0" * 32)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.FILE_MISSING


def test_an_answer_quotes_the_message_that_it_answers(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    asked = talk.messages.get()
    message = say("Yes", quoted=asked)

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["context"] == {"message_id": asked.provider_id}


def test_somebody_without_a_number_is_reached_by_their_id(say: Say, graph: Graph) -> None:
    Identity.objects.all().delete()
    contact = Contact.objects.get()
    Identity.objects.create(contact=contact, kind="bsuid", key="US.1349", value="US.1349")
    message = say()

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["recipient"] == "US.1349"
    assert "to" not in graph.calls[0]


def test_metas_spelling_of_a_number_is_learnt(say: Say, graph: Graph) -> None:
    Identity.objects.update(key="5511987654321", value="5511987654321")
    graph.replies = [
        answer('{"contacts":[{"input":"x","wa_id":"551187654321"}],"messages":[{"id":"wamid.1"}]}')
    ]
    message = say()

    send_until(has_status(message, "accepted"), graph)

    values = dict(Identity.objects.values_list("kind", "value"))
    assert values == {"wa_id": "551187654321", "phone": "5511987654321"}


def test_a_spelling_that_is_another_contacts_stays_theirs(
    say: Say, graph: Graph, marina: Contact
) -> None:
    graph.replies = [
        answer('{"contacts":[{"wa_id":"351912345678"}],"messages":[{"id":"wamid.1"}]}')
    ]
    message = say()

    send_until(has_status(message, "accepted"), graph)

    assert Identity.objects.get(kind="wa_id", key="351912345678").contact == marina


def test_a_reply_passes_the_broadcast_in_front_of_it(
    talk: Conversation, ana: User, say: Say, graph: Graph, now: datetime
) -> None:
    for index in range(3):
        say(f"news {index}", lane=OutboxEntry.Lane.BULK)
    reply = say("answer")

    send_until(lambda: not OutboxEntry.objects.exists(), graph)

    assert graph.texts[0] == "answer"
    assert graph.texts[1:] == ["news 0", "news 1", "news 2"]
    assert status_of(reply) == "accepted"


def test_a_burst_to_one_customer_is_never_above_metas_limit(say: Say, graph: Graph) -> None:
    for index in range(60):
        say(str(index))
    began = monotonic()

    send_until(
        lambda: OutboxEntry.objects.filter(not_before__gt=timezone.now()).exists(),
        graph,
        seconds=40,
    )

    earned = int((monotonic() - began) / 6)
    assert 45 <= len(graph.texts) <= 45 + earned
    assert graph.texts == [str(index) for index in range(len(graph.texts))]
    first = OutboxEntry.objects.order_by("pk")[0]
    assert 0 < (first.not_before - timezone.now()).total_seconds() <= 6


def test_a_channel_switched_off_meanwhile_fails_in_words(say: Say, graph: Graph) -> None:
    message = say()
    Channel.objects.update(is_active=False)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.CHANNEL_OFF


def test_blue_ticks_and_typing_reach_the_customer_by_the_channels_policy(
    talk: Conversation, ana: User, graph: Graph, now: datetime
) -> None:
    asked = talk.messages.get()
    assert mark_read_to_customer(conversation=talk, moment="opened", at=now)
    assert not mark_read_to_customer(conversation=talk, moment="opened", at=now)
    assert show_typing_to_customer(conversation=talk, user=ana, at=now)
    assert not show_typing_to_customer(conversation=talk, user=ana, at=now)

    send_until(lambda: len(graph.receipts) == 2, graph)

    read = {"messaging_product": "whatsapp", "status": "read", "message_id": asked.provider_id}
    assert read in graph.receipts
    assert read | {"typing_indicator": {"type": "text"}} in graph.receipts


def test_a_sender_that_is_told_to_stop_finishes_what_it_began(say: Say, graph: Graph) -> None:
    import asyncio

    message = say()
    arrived: list[bool] = []

    async def slowly(request: Any, body: Any) -> Any:
        arrived.append(True)
        await asyncio.sleep(0.4)
        return await graph.accept(request, body)

    graph.replies = [slowly]
    send_until(lambda: bool(arrived), graph)

    assert status_of(message) == "accepted"
    assert Attempt.objects.get().outcome == "accepted"


def test_what_another_sender_holds_is_left_alone(
    say: Say, graph: Graph, talk: Conversation, ana: User, now: datetime
) -> None:
    held = say("held")
    OutboxEntry.objects.update(
        state="claimed", claimed_by="another", lease_until=now + timedelta(minutes=5)
    )
    behind = say("behind it")

    with pytest.raises(TimeoutError):
        send_until(has_status(behind, "accepted"), graph, seconds=1.5)

    assert graph.calls == []
    assert (status_of(held), status_of(behind)) == ("queued", "queued")
