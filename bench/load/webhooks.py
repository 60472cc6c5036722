"""Webhooks as Meta posts them, all different and signed, as ready bytes of HTTP."""

from __future__ import annotations

import hmac
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

PATH = "/webhooks/whatsapp/"
FIRST_CUSTOMER = 5511900000000
TEXT = "Good morning, the parcel that I ordered on Monday has not come yet. Could you look? "


@dataclass(frozen=True, slots=True)
class Sender:
    """Writes in Meta's place: to these numbers, from so many customers, under one secret.

    Each customer writes to one number alone, and so has one conversation.
    """

    secret: str
    waba: str
    numbers: Sequence[str]
    customers: int

    def messages(self, label: str, *, together: int = 1) -> Iterator[bytes]:
        """POSTs of so many messages each, without end; ids are wamid.<label>.<0, 1, 2…>.

        Numbers take turns, and the customers of each. Messages of one POST go to one number.
        """
        for post in itertools.count():
            number, mates = self.turn(post, together)
            texts = [
                message(
                    f"wamid.{label}.{post * together + place}", who, f"{TEXT}{label}:{post:08d};"
                )
                for place, who in enumerate(mates)
            ]
            contacts = [{"profile": {"name": f"Customer {who}"}, "wa_id": who} for who in mates]
            yield self.post(self.change(number, contacts=contacts, messages=texts))

    def turn(self, post: int, together: int = 1) -> tuple[str, list[str]]:
        """The number that a post goes to, and who writes in it."""
        count = len(self.numbers)
        round_, line = divmod(post, count)
        mates = max(1, self.customers // count)
        turns = (round_ * together + place for place in range(together))
        return self.numbers[line], [
            str(FIRST_CUSTOMER + turn % mates * count + line) for turn in turns
        ]

    def change(self, number: str, **parts: Any) -> dict[str, Any]:
        metadata = {"display_phone_number": number[-10:], "phone_number_id": number}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **parts}
        return {"field": "messages", "value": value}

    def post(self, change: dict[str, Any]) -> bytes:
        """The signed request."""
        entry = {"id": self.waba, "changes": [change]}
        document = {"object": "whatsapp_business_account", "entry": [entry]}
        return self.signed(orjson.dumps(document))

    def signed(self, body: bytes) -> bytes:
        digest = hmac.digest(self.secret.encode(), body, "sha256").hex()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"X-Hub-Signature-256: sha256={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def message(provider_id: str, customer: str, text: str) -> dict[str, Any]:
    return {
        "from": customer,
        "id": provider_id,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }


def status(provider_id: str, customer: str, word: str) -> dict[str, Any]:
    """What became of a message of ours."""
    return {
        "id": provider_id,
        "status": word,
        "timestamp": str(int(time.time())),
        "recipient_id": customer,
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "utility"},
    }
