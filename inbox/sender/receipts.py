"""Blue ticks and typing: at most once, and never in the way of a message."""

import aiohttp

from inbox.outbox import is_stale, parse_receipt
from inbox.sender.bell import Bell
from inbox.sender.numbers import Numbers
from inbox.sender.work import Work
from inbox.transports import find_transport

LOOK_EVERY = 1.0


async def deliver_receipts(
    bell: Bell, numbers: Numbers, work: Work, session: aiohttp.ClientSession
) -> None:
    """Until cancelled. Any sender may, whichever has the channel: Meta counts messages alone."""
    while True:
        for row in await bell.take_receipts():
            receipt = parse_receipt(row)
            channel = numbers.channels.get(receipt.channel_id)
            if channel is None or is_stale(receipt):
                continue
            transport = find_transport(channel.transport)
            if address := transport.address_of(channel):
                told = transport.mark_read(
                    session, address, receipt.provider_id, is_typing=receipt.is_typing
                )
                work.spawn(told)
        await bell.wait_for_receipt(LOOK_EVERY)
