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
from inbox.consumers.access import Visitor, identify_all
from inbox.consumers.admission import Admission
from inbox.consumers.crowd import Crowd
from inbox.consumers.dots import Dots
from inbox.consumers.presence import Beats
from inbox.consumers.rounds import every, forever
from inbox.consumers.rush import Rush
from inbox.consumers.sockets import Socket
from inbox.consumers.subscription import listen
from inbox.consumers.sweep import Sweep
from inbox.consumers.tally import Tally
from inbox.consumers.threads import in_drawing_thread, in_thread, rest_drawing

SUBSCRIBE_WAIT = 3.0
MOST_TOGETHER = 200
MOST_BEHIND = 10_000
SWEEP_EVERY = 15.0
BEAT_EVERY = 20.0
RECHECKED = 200  # sockets at once, so that pushes pass between
ROW_KINDS = {"message.changed", "conversation.changed", "window.changed", "event.added"}
DELIVERED = metrics.PUSHES.labels("delivered")
log = logging.getLogger("sash.hub")
Event = dict[str, Any]


class Hub:
    """Sockets of one process and event loop; works while there is at least one.

    changes: grows with every change of anybody's rights.
    """

    def __init__(self) -> None:
        self.crowd = Crowd()
        self.admission = Admission()
        self.changes = 0
        self.rush = Rush()
        self.events: asyncio.Queue[Event] = asyncio.Queue(MOST_BEHIND)
        self.subscribed = asyncio.Event()
        self.tally = Tally(self.crowd)
        self.gap = asyncio.Event()
        self.sweep = Sweep()
        self.beats = Beats(self.crowd.has_person)
        self.dots = Dots(self.crowd)
        self.tasks: list[asyncio.Task[None]] = []

    async def join(self, socket: Socket) -> None:
        """Waits for the subscription, but not for ever: what comes from now on is heard."""
        self.crowd.add(socket)
        if not self.tasks:
            self.start()
        if not self.subscribed.is_set():
            try:
                await asyncio.wait_for(self.subscribed.wait(), SUBSCRIBE_WAIT)
            except TimeoutError:
                log.warning("no live pushes for now: Redis does not answer")

    def admit(self, socket: Socket, visitor: Visitor) -> None:
        """From here on the socket hears. What came before, its page asks for."""
        self.crowd.admit(socket, visitor)
        socket.offer(socket.catch_up_frame(self.rush.enter()))
        if socket.conversation_id is None:
            self.beats.greet(socket.user_id)
            self.tally.ask()

    async def leave(self, socket: Socket) -> None:
        """The last one turns off the light."""
        self.crowd.remove(socket)
        if socket.conversation_id is None:
            self.beats.part(socket.user_id)
        if not self.crowd:
            await self.stop()

    def start(self) -> None:
        jobs = [
            listen(self.events, self.subscribed, self.catch_up),
            forever(self.work),
            forever(self.tally.count),
            forever(self.dots.show),
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
        await rest_drawing()

    def catch_up(self) -> None:
        """Something may have been lost: pages ask for it, and we for their rights."""
        self.gap.set()
        for socket in self.crowd:
            socket.offer(socket.catch_up_frame(self.rush.spread(len(self.crowd))))

    async def work(self) -> None:
        """Take what waits, in its order; a change of access divides what came before and after."""
        batch = [await self.events.get()]
        while not self.events.empty() and len(batch) < MOST_TOGETHER:
            batch.append(self.events.get_nowait())
        for kind, group in groupby(batch, key=lambda event: KINDS.get(event["kind"], "unknown")):
            await self.handlers[kind](self, list(group))

    async def tell_rows(self, events: list[Event]) -> None:
        """Rows and bubbles, to whoever may see them now."""
        self.changes += any(event["lost"] for event in events)
        self.sweep.ignore(event["conversation"] for event in events)
        tasks = drawing.put_together(events)
        for conversation_id, task in tasks.items():
            lists = self.crowd.lists_of(task.told)
            task.rows_in = {socket.language for socket in lists}
            threads = self.crowd.threads_of(conversation_id)
            task.threads_in = {socket.language for socket in threads}
        wanted = {pk: task for pk, task in tasks.items() if task.is_wanted}
        if not wanted:
            return
        drawn = await in_drawing_thread(drawing.draw, wanted)
        for conversation_id, task in wanted.items():
            self.deliver(conversation_id, task, drawn.get(conversation_id))
        self.tally.ask()

    def deliver(
        self, conversation_id: int, task: drawing.Task, drawn: drawing.Drawn | None
    ) -> None:
        """A frame to those who may see, a removal to those who were told of it and may not."""
        audiences = drawn.audiences if drawn else set()
        if drawn:
            self.sweep.saw(conversation_id, drawn.seq)
        lists = self.crowd.lists_of(audiences)
        threads = self.crowd.threads_of(conversation_id)
        for socket in self.crowd.lists_of(task.told) - lists:
            socket.offer(fragments.gone_frame([conversation_id]))
        for socket in [socket for socket in threads if not socket.may_hear(audiences)]:
            self.crowd.put_out(socket)
        for sockets, frames in ((lists, drawn and drawn.row), (threads, drawn and drawn.thread)):
            for socket in sockets:
                if frame := frames and frames.get(socket.language):
                    socket.offer(frame)
        DELIVERED.inc(len(lists) + len(threads))

    async def tell_access(self, events: list[Event]) -> None:
        """People whose rights changed: sockets are closed, or told to ask again."""
        self.changes += 1
        users = {pk for event in events for pk in event["users"]}
        await self.recheck([socket for socket in self.crowd if socket.user_id in users])

    async def recheck(self, sockets: list[Socket], *, tell: bool = True) -> None:
        """Ask again who these are."""
        keys = [(socket.session_key, socket.conversation_id) for socket in sockets]
        visitors = await in_thread(identify_all, keys)
        for socket, key in zip(sockets, keys, strict=True):
            visitor = visitors[key]
            if visitor is None:
                self.crowd.put_out(socket)
            elif socket in self.crowd:
                self.crowd.admit(socket, visitor)
                if tell and socket.is_list:
                    socket.offer(fragments.signal_frame(fragments.LIST, fragments.CATCH_UP))
        self.tally.ask()

    async def tell_desk(self, events: list[Event]) -> None:
        """One person's own marks, to their pages alone."""
        wanted: dict[int, set[int]] = {}
        for event in events:
            for audience in event["to"]:
                user_id = int(audience.removeprefix("user."))
                wanted.setdefault(user_id, set()).add(event["conversation"])
        for user_id in filter(self.crowd.has_person, wanted):
            frame = await in_thread(drawing.draw_marks, user_id, wanted[user_id])
            self.tell(self.crowd.lists_of({f"user.{user_id}"}), frame)
        self.tally.ask()

    async def tell_people(self, events: list[Event]) -> None:
        """Somebody types, which lists show too, or looks."""
        for event in events:
            threads = self.crowd.threads_of(event["conversation"])
            sockets = {socket for socket in threads if socket.may_hear(set(event["to"]))}
            if event["kind"] == "typing.changed":
                sockets |= self.crowd.lists_of(event["to"])
            if sockets:
                self.tell(sockets, await in_thread(drawing.draw_people, event))

    async def tell_news(self, events: list[Event]) -> None:
        """Something that pages show beside conversations is another now."""
        names = dict.fromkeys(event["kind"].partition(".")[0] for event in events)
        audiences = {audience for event in events for audience in event["to"]}
        self.tell(self.crowd.pages_of(audiences), fragments.signal_frame(*names))

    async def tell_presence(self, events: list[Event]) -> None:
        """A colleague came, left, or says something else of themselves."""
        self.dots.note(event["user"] for event in events)

    async def answer_for(self, events: list[Event]) -> None:
        """Another process has seen the last of somebody who may be here."""
        asked = {pk for event in events for pk in event["users"]}
        if here := set(filter(self.crowd.has_person, asked)):
            await self.beats.record(here)

    def tell(self, sockets: Iterable[Socket], frame: str) -> None:
        """The same to all of them."""
        for socket in sockets if frame else ():
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
        sockets = [socket for socket in self.crowd if socket.user_id]
        for start in range(0, len(sockets), RECHECKED):
            await self.recheck(sockets[start : start + RECHECKED], tell=False)
        await self.beats.record(self.crowd.people())

    handlers: dict[str, Callable[["Hub", list[Event]], Awaitable[None]]] = {
        "rows": tell_rows,
        "access": tell_access,
        "desk": tell_desk,
        "people": tell_people,
        "news": tell_news,
        "presence": tell_presence,
        "asked": answer_for,
        "unknown": lambda self, events: asyncio.sleep(0),
    }


KINDS = {
    **dict.fromkeys(ROW_KINDS, "rows"),
    "access.changed": "access",
    "desk.changed": "desk",
    "typing.changed": "people",
    "viewing.changed": "people",
    "presence.changed": "presence",
    "presence.asked": "asked",
    "templates.changed": "news",
    "numbers.changed": "news",
}


hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_here() -> Hub:
    """The hub of the running loop."""
    return hubs.setdefault(asyncio.get_running_loop(), Hub())
