"""The hub: one Redis subscription a process, from which every open page is fed.

Events that wait together are drawn together. Whoever may see a conversation is asked of the
database in the moment of drawing, so that nothing is told to people who lost it meanwhile.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from itertools import groupby
from typing import Any
from weakref import WeakKeyDictionary

from core import metrics
from inbox import fragments
from inbox.consumers import drawing
from inbox.consumers.access import identify_all
from inbox.consumers.counting import Matrix, counts_for, read_matrix
from inbox.consumers.presence import Beats
from inbox.consumers.rounds import every, forever
from inbox.consumers.sockets import Socket
from inbox.consumers.subscription import listen
from inbox.consumers.sweep import Sweep
from inbox.consumers.threads import in_thread

SUBSCRIBE_WAIT = 3.0
MOST_TOGETHER = 200
MOST_BEHIND = 10_000
COUNT_EVERY = 1.0
SWEEP_EVERY = 15.0
BEAT_EVERY = 20.0
ROW_KINDS = {"message.changed", "conversation.changed", "window.changed", "event.added"}
log = logging.getLogger("sash.hub")
Event = dict[str, Any]


class Hub:
    """Sockets of one process and event loop; works while there is at least one."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.events: asyncio.Queue[Event] = asyncio.Queue(MOST_BEHIND)
        self.subscribed = asyncio.Event()
        self.recount = asyncio.Event()
        self.gap = asyncio.Event()
        self.sweep = Sweep()
        self.beats = Beats()
        self.tasks: list[asyncio.Task[None]] = []

    async def join(self, socket: Socket) -> None:
        """From here on the socket hears; waits for the subscription, but not for ever."""
        self.sockets.add(socket)
        if not self.tasks:
            self.start()
        try:
            await asyncio.wait_for(self.subscribed.wait(), SUBSCRIBE_WAIT)
        except TimeoutError:
            log.warning("no live pushes for now: Redis does not answer")

    async def leave(self, socket: Socket) -> None:
        """The last one turns off the light."""
        self.sockets.discard(socket)
        self.beats.left(socket, self.sockets)
        if not self.sockets:
            await self.stop()

    def start(self) -> None:
        jobs = [
            listen(self.events, self.subscribed, self.catch_up),
            forever(self.work),
            forever(self.count),
            every(SWEEP_EVERY, self.look_for_lost),
            forever(self.beat),
        ]
        self.tasks = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        tasks, self.tasks = self.tasks, []
        self.subscribed.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def catch_up(self) -> None:
        """Something may have been lost: pages ask for it, and we for their rights."""
        self.gap.set()
        for socket in self.sockets:
            socket.offer(fragments.signal_frame(fragments.CATCH_UP))

    async def work(self) -> None:
        """Take what waits, in its order; a change of access divides what came before and after."""
        batch = [await self.events.get()]
        while not self.events.empty() and len(batch) < MOST_TOGETHER:
            batch.append(self.events.get_nowait())
        for kind, group in groupby(batch, key=lambda event: KINDS.get(event["kind"], "unknown")):
            await self.handlers[kind](self, list(group))

    async def tell_rows(self, events: list[Event]) -> None:
        """Rows and bubbles, to whoever may see them now."""
        heard = [event for event in events if self.is_of_interest(event)]
        self.sweep.ignore(event["conversation"] for event in events)
        if not heard:
            return
        tasks = drawing.put_together(heard)
        drawn = await in_thread(drawing.draw, tasks, {s.language for s in self.sockets})
        for conversation_id, task in tasks.items():
            self.deliver(conversation_id, task.told, drawn.get(conversation_id))
        self.recount.set()

    def deliver(self, conversation_id: int, told: set[str], drawn: drawing.Drawn | None) -> None:
        """A frame to those who may see, a removal to those who were told of it and may not."""
        if drawn:
            self.sweep.saw(conversation_id, drawn.seq)
        gone = fragments.gone_frame([conversation_id])
        for socket in list(self.sockets):
            if drawn and socket.may_hear(drawn.audiences):
                frames = drawn.row if socket.conversation_id is None else drawn.thread
                is_here = socket.conversation_id in (None, conversation_id)
                frame = frames.get(socket.language) if is_here else None
                if frame:
                    socket.offer(frame)
                    metrics.PUSHES.labels("delivered").inc()
            elif socket.conversation_id == conversation_id:
                socket.close()
            elif socket.conversation_id is None and socket.may_hear(told):
                socket.offer(gone)

    def is_of_interest(self, event: Event) -> bool:
        told = {*event["to"], *event["lost"]}
        return any(socket.may_hear(told) for socket in self.sockets)

    async def tell_access(self, events: list[Event]) -> None:
        """People whose rights changed: sockets are closed, or told to ask again."""
        users = {pk for event in events for pk in event["users"]}
        await self.recheck(socket for socket in self.sockets if socket.user_id in users)

    async def recheck(self, sockets: Iterable[Socket], *, tell: bool = True) -> None:
        """Ask again who these are."""
        asked = list(sockets)
        keys = [(socket.session_key, socket.conversation_id) for socket in asked]
        visitors = await in_thread(identify_all, keys)
        for socket, key in zip(asked, keys, strict=True):
            visitor = visitors[key]
            if visitor is None:
                socket.close()
                continue
            socket.audiences, socket.language = visitor.audiences, visitor.language
            if tell and socket.conversation_id is None:
                socket.offer(fragments.signal_frame(fragments.LIST, fragments.CATCH_UP))
        self.recount.set()

    async def tell_desk(self, events: list[Event]) -> None:
        """One person's own marks, to their pages alone."""
        wanted: dict[int, set[int]] = {}
        for event in events:
            for audience in event["to"]:
                user_id = int(audience.removeprefix("user."))
                wanted.setdefault(user_id, set()).add(event["conversation"])
        present = {socket.user_id for socket in self.sockets}
        for user_id in wanted.keys() & present:
            frame = await in_thread(drawing.draw_marks, user_id, wanted[user_id])
            self.tell({f"user.{user_id}"}, frame, inbox_only=True)
        self.recount.set()

    async def tell_people(self, events: list[Event]) -> None:
        """Somebody types or looks."""
        for event in filter(self.is_of_interest, events):
            frame = await in_thread(drawing.draw_people, event)
            is_typing = event["kind"] == "typing.changed"
            self.tell(set(event["to"]), frame, event["conversation"], inbox_too=is_typing)

    async def tell_presence(self, events: list[Event]) -> None:
        """A colleague came, left, or says something else of themselves."""
        for user_id in {event["user"] for event in events}:
            frame = await in_thread(drawing.draw_presence, user_id)
            self.tell(set(events[0]["to"]), frame, inbox_only=True)

    def tell(
        self,
        audiences: set[str],
        frame: str,
        conversation_id: int | None = None,
        *,
        inbox_only: bool = False,
        inbox_too: bool = False,
    ) -> None:
        """The same frame to every socket of these audiences that shows the place."""
        for socket in list(self.sockets):
            is_inbox = socket.conversation_id is None
            is_here = is_inbox if inbox_only else socket.conversation_id == conversation_id
            if frame and socket.may_hear(audiences) and (is_here or (inbox_too and is_inbox)):
                socket.offer(frame)

    async def count(self) -> None:
        """The rail's numbers, at most once a second, to pages whose numbers changed."""
        await self.recount.wait()
        self.recount.clear()
        matrix = await in_thread(read_matrix)
        for socket in list(self.sockets):
            if socket.conversation_id is None and socket.user_id:
                self.tell_counts(socket, matrix)
        await asyncio.sleep(COUNT_EVERY)

    def tell_counts(self, socket: Socket, matrix: Matrix) -> None:
        frame = fragments.counts_frame(counts_for(socket.user_id, socket.audiences, matrix))
        if frame != socket.counts:
            socket.counts = frame
            socket.offer(frame)

    async def look_for_lost(self) -> None:
        """A push that never came is noticed here, also the last one before silence."""
        if await self.sweep.found_lost():
            log.warning("live pushes were lost: the open pages catch up")
            self.catch_up()

    async def beat(self) -> None:
        """People are here; sessions or rights may have ended, after a gap above all."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.gap.wait(), BEAT_EVERY)
        self.gap.clear()
        await self.recheck(list(self.sockets), tell=False)
        await self.beats.record(self.sockets)

    handlers: dict[str, Callable[["Hub", list[Event]], Awaitable[None]]] = {
        "rows": tell_rows,
        "access": tell_access,
        "desk": tell_desk,
        "people": tell_people,
        "presence": tell_presence,
        "unknown": lambda self, events: asyncio.sleep(0),
    }


KINDS = {
    **dict.fromkeys(ROW_KINDS, "rows"),
    "access.changed": "access",
    "desk.changed": "desk",
    "typing.changed": "people",
    "viewing.changed": "people",
    "presence.changed": "presence",
}


hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_here() -> Hub:
    """The hub of the running loop."""
    return hubs.setdefault(asyncio.get_running_loop(), Hub())
