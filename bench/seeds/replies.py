"""Replies through the one gate, at a rate, as agents write them."""

import time

from django.utils import timezone

from accounts.models import User
from inbox.actions.messages import send_message
from inbox.models import Conversation


def run(
    *, conversations: list[int], author: int, rate: float, count: int
) -> list[tuple[int, float]]:
    """Message id and the moment after its commit, in seconds of time.time()."""
    user = User.objects.get(pk=author)
    began = time.monotonic()
    written = []
    for place in range(count):
        time.sleep(max(0.0, began + place / rate - time.monotonic()))
        conversation = Conversation.objects.get(pk=conversations[place % len(conversations)])
        message = send_message(
            conversation=conversation,
            author=user,
            text=f"I have looked: it leaves today. {place}",
            at=timezone.now(),
        )
        written.append((message.pk, time.time()))
    return written
