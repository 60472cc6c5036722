"""The load generators read answers and frames in whatever pieces they come."""

import hmac
import itertools
import json

from bench.ledger import Call, doubled, most_in_a_second
from bench.load.http import read_answer
from bench.load.sockets import read_frame
from bench.load.webhooks import Sender

SENDER = Sender(secret="key", waba="1", numbers=["10", "11"], customers=6)


def body_of(request: bytes) -> tuple[bytes, bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    return head, body


def test_an_answer_is_read_once_it_is_whole():
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    for end in range(len(whole)):
        assert read_answer(whole[:end]) is None
    assert read_answer(whole + b"HTTP") == (200, b"hello", len(whole))


def test_an_answer_in_chunks_is_put_together():
    head = b"HTTP/1.1 503 X\r\ntransfer-encoding: chunked\r\n\r\n"
    whole = head + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    for end in range(len(head), len(whole)):
        assert read_answer(whole[:end]) is None
    assert read_answer(whole) == (503, b"hello", len(whole))


def test_a_frame_is_read_once_it_is_whole():
    text = b"x" * 300
    whole = bytes((0x81, 126)) + len(text).to_bytes(2, "big") + text
    for end in range(len(whole)):
        assert read_frame(whole[:end]) is None
    assert read_frame(whole + b"\x89\x00") == (1, text, len(whole))


def test_webhooks_are_signed_over_their_bytes():
    head, body = body_of(next(SENDER.messages("a")))
    digest = hmac.new(b"key", body, "sha256").hexdigest()
    assert f"sha256={digest}".encode() in head
    assert f"Content-Length: {len(body)}".encode() in head


def test_every_message_has_its_own_id_and_every_customer_one_number():
    written: dict[str, set[str]] = {}
    ids = []
    for request in itertools.islice(SENDER.messages("a", together=2), 9):
        value = json.loads(body_of(request)[1])["entry"][0]["changes"][0]["value"]
        for message in value["messages"]:
            ids.append(message["id"])
            number = value["metadata"]["phone_number_id"]
            written.setdefault(message["from"], set()).add(number)
    assert ids == [f"wamid.a.{place}" for place in range(18)]
    assert len(written) == 6
    assert all(len(numbers) == 1 for numbers in written.values())


def test_the_fullest_second_is_found_wherever_it_begins():
    assert most_in_a_second([0.0, 0.5, 0.9, 1.0, 1.4, 3.0]) == 4
    assert most_in_a_second([]) == 0


def test_a_second_call_for_a_message_is_a_doubled_one():
    calls = [Call(0.0, "1", "sash:1"), Call(0.1, "1", "sash:2"), Call(0.2, "1", "sash:1")]
    assert doubled(calls) == 1
    assert calls[0].message_id == 1
