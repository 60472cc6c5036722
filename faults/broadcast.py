"""A broadcast in small batches: rows for the outbox, a process of its own beside the senders.

Prints the ids of the messages of each batch once it is committed: those must go out, once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from inbox.actions import pushes  # noqa: E402
from inbox.models import Conversation, Message, OutboxEntry  # noqa: E402
from inbox.outbox import ring_sender  # noqa: E402

EVERY = 0.25
LIFE = timedelta(hours=1)


@transaction.atomic
def queue(number: str, size: int, turn: int) -> list[int]:
    """The next `size` readers of the number each get a message; their ids."""
    rows = Conversation.objects.filter(channel__number__phone_number_id=number, status="open")
    everybody = list(rows.order_by("pk").values_list("pk", flat=True))
    wanted = [everybody[(turn + step) % len(everybody)] for step in range(size)]
    talks = list(rows.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))
    at = timezone.now()
    messages = Message.objects.bulk_create(
        Message(
            conversation=talk,
            channel_id=talk.channel_id,
            direction=Message.Direction.OUT,
            author_kind=Message.Author.SYSTEM,
            author_name="Broadcast",
            text=f"News {turn}",
            status=Message.Status.QUEUED,
            at=at,
        )
        for talk in talks
    )
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            message=message,
            channel_id=talk.channel_id,
            pair=f"{talk.channel_id}:{talk.contact_id}",
            lane=OutboxEntry.Lane.BULK,
            not_before=at,
            expires_at=at + LIFE,
        )
        for message, talk in zip(messages, talks, strict=True)
    )
    rows.filter(pk__in=wanted).update(
        message_count=F("message_count") + 1,
        last_message_at=at,
        preview=f"News {turn}",
        preview_author="Broadcast",
        waiting_since=None,
    )
    pushes.messages_changed({row.conversation_id: [row.pk] for row in messages})
    ring_sender()
    return [message.pk for message in messages]


def main(number: str, rate: float) -> None:
    """At that many rows a second, as far as the database is there, until terminated."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    begun = time.monotonic()
    done, turn = 0, 0
    while not stopped.wait(EVERY):
        passed = time.monotonic() - begun
        due = min(int(passed * rate) - done, int(rate * EVERY * 4) + 1)
        if due > 0:
            try:
                ids = queue(number, due, turn)
            except DatabaseError:
                connection.close()
            else:
                sys.stdout.write(" ".join(map(str, ids)) + "\n")
                sys.stdout.flush()
            done, turn = int(passed * rate), turn + due


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
