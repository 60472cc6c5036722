"""What people decide about bots: giving the floor of a conversation back to them."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from inbox.actions import pushes
from inbox.actions.events import record_event
from inbox.actions.rights import WrongStatus, lock_conversation
from inbox.models import Conversation


class FloorNotFree(Exception):
    """A bot speaks in open conversations that nobody is assigned to; the text says which it is."""


@transaction.atomic
def hand_back_to_bot(*, conversation: Conversation, by: User, at: datetime) -> Conversation:
    """Let the bot answer the customer's next message. Raises FloorNotFree, NotPermitted.

    This is the only way back: nothing else gives a conversation that people spoke in to a bot.
    """
    try:
        locked = lock_conversation(conversation, by, Conversation.Status.OPEN)
    except WrongStatus as error:
        raise FloorNotFree(str(error)) from None
    if locked.assignee is not None:
        raise FloorNotFree(f"{locked.assignee} has this conversation. They give it back first.")
    if locked.floor != Conversation.Floor.BOT:
        locked.floor = Conversation.Floor.BOT
        locked.save(update_fields=["floor"])
        locked.flow_runs.filter(ended_at=None).update(ended_at=at)  # it begins anew
        pushes.conversation_changed(locked)
        record_event(conversation=locked, kind="handed_back", actor=by, at=at)
    return locked
