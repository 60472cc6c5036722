"""Says whose browsers are connected, from the sockets that are open."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from inbox.actions.presence import record_arrival, record_departure, record_heartbeats
from inbox.consumers.sockets import Socket
from inbox.consumers.threads import in_thread

GRACE = 8.0  # a page that goes to the next one closes its socket too


class Beats:
    """The last word that this process gave of each person."""

    def __init__(self) -> None:
        self.last: dict[int, datetime] = {}
        self.goodbyes: set[asyncio.Task[None]] = set()

    async def came(self, socket: Socket) -> None:
        """A socket opened."""
        self.last[socket.user_id] = timezone.now()
        await in_thread(arrive, socket.user_id, self.last[socket.user_id])

    def left(self, socket: Socket, others: set[Socket]) -> None:
        """A socket closed; was it the person's last, they are gone unless they come back soon."""
        if socket.user_id and socket.user_id not in {other.user_id for other in others}:
            task = asyncio.create_task(self.say_goodbye(socket.user_id, others))
            self.goodbyes.add(task)
            task.add_done_callback(self.goodbyes.discard)

    async def say_goodbye(self, user_id: int, sockets: set[Socket]) -> None:
        await asyncio.sleep(GRACE)
        if user_id not in {socket.user_id for socket in sockets}:
            await in_thread(depart, user_id, self.last.pop(user_id, timezone.now()))

    async def record(self, sockets: Iterable[Socket]) -> None:
        """Everybody with an open socket is here."""
        ids = {socket.user_id for socket in sockets if socket.user_id}
        at = timezone.now()
        self.last.update(dict.fromkeys(ids, at))
        await in_thread(record_heartbeats, user_ids=ids, at=at)


def arrive(user_id: int, at: datetime) -> None:
    if user := User.objects.filter(pk=user_id).first():
        record_arrival(user=user, at=at)


def depart(user_id: int, at: datetime) -> None:
    if user := User.objects.filter(pk=user_id).first():
        record_departure(user=user, at=at)
