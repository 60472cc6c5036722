"""What a sender asks and says about its channels, again and again, beside the sending itself."""

import asyncio
from contextlib import suppress

from inbox.actions.turns import deal_turns, leave_turns
from inbox.outbox import sending_channels
from inbox.queries.paces import pair_history
from inbox.sender.database import PASSING, Database
from inbox.sender.inbound import Inbound
from inbox.sender.numbers import Numbers
from inbox.sender.work import Work


class Dealer:
    """Keeps `numbers` in step with the turns that the database gave to this sender."""

    def __init__(self, worker: str, database: Database, numbers: Numbers, work: Work) -> None:
        self._worker = worker
        self._database = database
        self._numbers = numbers
        self._work = work
        self._inbound = Inbound()

    async def deal(self) -> bool:
        """Which channels are with us, and what was known of them where they come from.

        Gives whether there are new ones.
        """
        loop = asyncio.get_running_loop()
        numbers, asked = self._numbers, loop.time()
        stalled = numbers.stalled(asked)
        self._work.withdraw(numbers.withdraw(stalled))
        rows = await self._database.run(sending_channels)
        turns = await self._database.run(
            deal_turns,
            worker=self._worker,
            held=numbers.recent(asked),
            busy=numbers.busy(),
            stalled=stalled,
        )
        new = [turn.channel_id for turn in turns if turn.channel_id not in numbers.mine]
        history = await self._database.run(pair_history, new)
        numbers.channels = {channel.pk: channel for channel in rows}
        self._work.withdraw(numbers.deal(turns, history, asked=asked, now=loop.time()))
        return bool(new)

    async def count_inbound(self) -> None:
        """What comes in counts as much as what leaves, so look often while something leaves."""
        if sending := self._numbers.sending():
            counts = await self._database.run(self._inbound.look, sending)
            self._numbers.count_inbound(counts)

    async def leave(self) -> None:
        """Others need not wait for our turns to run out."""
        now = asyncio.get_running_loop().time()
        with suppress(*PASSING):
            await self._database.run(
                leave_turns, worker=self._worker, held=self._numbers.recent(now)
            )
