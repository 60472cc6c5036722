"""Blue ticks and "typing…" at the customer's end: the channel's policy, sent by the sender.

Meta marks everything up to the named message as read, for 30 days, and knows typing only
together with that (Meta, "Mark messages as read", "Typing indicators").
"""

import logging
from datetime import datetime, timedelta
from typing import Literal

import redis
from django.db import transaction
from django.dispatch import receiver

from accounts.models import Channel, User
from core.live import client
from inbox.models import Conversation, Message
from inbox.outbox import push_receipt
from inbox.signals import conversation_read

MARKABLE = timedelta(days=30)
TYPING_SHOWN = 20  # seconds; Meta shows it for 25
log = logging.getLogger("sash.send")


def mark_read_to_customer(
    *, conversation: Conversation, moment: Literal["opened", "replied"], at: datetime
) -> bool:
    """Tell the customer that we read their messages, where the channel says so at this moment.

    Whoever replies has opened it, so a channel that tells on opening tells on replying too.
    Each message is told once. Gives whether anything will be told.
    """
    policy = conversation.channel.mark_read
    if policy == Channel.MarkRead.NEVER or (
        policy == Channel.MarkRead.REPLIED and moment == "opened"
    ):
        return False
    newest = _newest_inbound(conversation, at)
    if newest is None or newest.read_at is not None:
        return False
    with transaction.atomic():
        told = Message.objects.filter(pk=newest.pk, read_at__isnull=True).update(read_at=at)
        if told:
            push_receipt(conversation.channel_id, str(newest.provider_id), is_typing=False, at=at)
    return bool(told)


def show_typing_to_customer(*, conversation: Conversation, user: User, at: datetime) -> bool:
    """Show that somebody types, at most every 20 seconds, where the channel says so.

    It marks as read too, so a channel that never tells what was read shows no typing either.
    """
    channel = conversation.channel
    if not channel.shows_typing or channel.mark_read == Channel.MarkRead.NEVER:
        return False
    if conversation.status != Conversation.Status.OPEN or not conversation.window.is_open(at):
        return False
    newest = _newest_inbound(conversation, at)
    if newest is None or not _first_lately(conversation):
        return False
    push_receipt(channel.pk, str(newest.provider_id), is_typing=True, at=at)
    return True


@receiver(conversation_read)
def _tell_on_opening(conversation: Conversation, at: datetime, **_: object) -> None:
    mark_read_to_customer(conversation=conversation, moment="opened", at=at)


def _newest_inbound(conversation: Conversation, at: datetime) -> Message | None:
    rows = conversation.messages.filter(
        direction=Message.Direction.IN, provider_id__isnull=False, at__gt=at - MARKABLE
    )
    return rows.order_by("-at", "-pk").first()


def _first_lately(conversation: Conversation) -> bool:
    try:
        key = f"sash:typing:{conversation.pk}"
        return bool(client().set(key, 1, nx=True, ex=TYPING_SHOWN))
    except redis.RedisError as error:
        log.info("typing not shown: %s", error)
        return False
