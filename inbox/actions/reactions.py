"""Our reaction to a message: drawn at once on that message, and sent like any other message."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from inbox.actions import pushes
from inbox.actions.contents import plain_content
from inbox.actions.gate import InvalidMessage, check_conversation, enter_gate, expiry_of
from inbox.models import Message, OutboxEntry, Reaction
from inbox.outbox import add_to_outbox

OURS = Message.Author.AGENT


@transaction.atomic
def react(*, message: Message, user: User, emoji: str, at: datetime) -> Message:
    """Put one emoji on a message, in place of ours before; empty takes it back.

    Gives the message of kind "reaction" that carries it out; it is no bubble of its own.
    Raises what send_message raises.
    """
    conversation = enter_gate(message.conversation, user)
    check_conversation(conversation, is_free=True, at=at)
    if message.is_note or not message.provider_id:
        raise InvalidMessage({"reaction": ["This message cannot be reacted to."]})
    content = plain_content(Message.Kind.REACTION, "", {"reaction": {"emoji": emoji}}, ())
    set_reaction(message, user=user, emoji=emoji, at=at)
    carrier = Message.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        direction=Message.Direction.OUT,
        kind=content.kind,
        author_kind=OURS,
        author=user,
        author_name=user.name[:120],
        payload=content.payload,
        quoted=message,
        quoted_provider_id=message.provider_id,
        status=Message.Status.QUEUED,
        at=at,
        created_at=at,
    )
    add_to_outbox(
        carrier,
        contact_id=conversation.contact_id,
        lane=OutboxEntry.Lane.REPLY,
        expires_at=expiry_of(conversation, is_free=True, at=at),
        at=at,
    )
    return carrier


def set_reaction(message: Message, *, user: User | None, emoji: str, at: datetime) -> None:
    """Write our side's one reaction to a message (empty: none), and redraw that message."""
    # One taken back stays as an empty row, which the standing reactions leave out.
    Reaction._base_manager.update_or_create(
        message=message, author_kind=OURS, defaults={"emoji": emoji, "user": user, "at": at}
    )
    pushes.touch_messages([message.pk])
    pushes.message_changed(message)


def take_back(carrier: Message, *, at: datetime) -> None:
    """A reaction that did not reach the customer is not shown as if it had."""
    target = carrier.quoted
    if target is None:
        return
    if target.reactions.filter(author_kind=carrier.author_kind, at=carrier.at).exists():
        set_reaction(target, user=None, emoji="", at=at)
