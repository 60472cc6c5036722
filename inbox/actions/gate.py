"""What must hold before anything goes to a customer, whoever sends it: asked here, and asked
again by the sender just before the call (see inbox.actions.attempts)."""

from datetime import datetime, timedelta

from accounts.actions.quota import QuotaExhausted, reserve
from accounts.models import PhoneNumber, User
from inbox.actions.rights import WrongStatus, lock_conversation
from inbox.limits.fields import Errors
from inbox.models import Conversation, Message
from inbox.queries.consents import why_not_wanted
from inbox.queries.threads import with_message_parts
from inbox.queries.unseen import Seen, unseen_messages
from inbox.transports import find_transport
from inbox.window import Window
from templates_app.models import MessageTemplate
from templates_app.rendering import unsupported

# A template has no window to keep it, but a day later it would come out of nowhere.
TEMPLATE_LIFE = timedelta(hours=24)
MOST_UNSEEN = 100


class WindowClosed(Exception):
    """Free text may not go to this customer now. closed_at: since when; None: never open."""

    def __init__(self, closed_at: datetime | None) -> None:
        self.closed_at = closed_at
        super().__init__("The 24-hour window is closed. Send an approved template.")


class InvalidMessage(Exception):
    """errors: field -> sentences, to be shown beside the field."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(" ".join(text for texts in errors.values() for text in texts))


class TemplateNotSendable(InvalidMessage):
    """Not approved, of another account, unwanted by the customer, or of a kind we cannot send."""

    def __init__(self, reason: str) -> None:
        super().__init__({"template": [reason]})


class ContactBlocked(Exception):
    """The contact is blocked; nothing goes to them."""


class ConversationNotOpen(Exception):
    """Closed or archived: reopen it, or start another. status: which of the two."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"The conversation is {status}.")


class FloorTaken(Exception):
    """People speak in this conversation; a bot may not."""


class UnseenMessages(Exception):
    """Written over what the page had not shown: `messages`, oldest first, ready to be drawn."""

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages
        super().__init__(f"{len(messages)} messages came that were not seen.")


class ChannelOff(InvalidMessage):
    """The channel is switched off, or has no number yet."""


def enter_gate(conversation: Conversation, author: User | None) -> Conversation:
    """The locked row, for who may write in it. Raises NotPermitted, ConversationNotOpen."""
    try:
        locked = lock_conversation(conversation, author, *Conversation.Status)
    except WrongStatus as error:
        raise ConversationNotOpen(error.status) from None
    return locked


def check_conversation(conversation: Conversation, *, is_free: bool, at: datetime) -> None:
    """Raises ConversationNotOpen, ContactBlocked, ChannelOff, WindowClosed.

    is_free: anything but a template, so the window counts.
    """
    if conversation.status != Conversation.Status.OPEN:
        raise ConversationNotOpen(conversation.status)
    if conversation.contact.is_blocked:
        raise ContactBlocked("This contact is blocked.")
    transport = find_transport(conversation.channel.transport)
    if not conversation.channel.is_active or transport.address_of(conversation.channel) is None:
        raise ChannelOff({"channel": ["This channel is switched off or has no number."]})
    if is_free and not window_of(conversation).is_open(at):
        raise WindowClosed(conversation.window_closes_at)


def check_seen(conversation: Conversation, seen: Seen | None, author: User | None) -> None:
    """Raises UnseenMessages for a reply that was written blind; None: nobody reads there.

    The row is locked, so that whoever wrote before us is found and whoever comes waits.
    """
    if seen is None:
        return
    rows = with_message_parts(unseen_messages(conversation, seen, author))
    if unseen := list(rows.order_by("at", "pk")[:MOST_UNSEEN]):
        raise UnseenMessages(unseen)


def window_of(conversation: Conversation) -> Window:
    """The window of a conversation, by the rule of its transport."""
    transport = find_transport(conversation.channel.transport)
    return transport.window_of(conversation.window_closes_at)


def admit_template(
    template: MessageTemplate, conversation: Conversation, *, is_bulk: bool, at: datetime
) -> None:
    """Also takes one of the platform's places for customers who are written to first.

    is_bulk: of a broadcast. Raises TemplateNotSendable, with the reason in words.
    """
    number = conversation.channel.number
    if number is None or template.waba_id != number.waba_id:
        raise TemplateNotSendable("This template belongs to another account.")
    if not template.is_sendable:
        status = template.get_status_display().lower()
        raise TemplateNotSendable(f"This template cannot be sent: it is {status}.")
    if reason := unsupported(template):
        raise TemplateNotSendable(reason)
    if reason := why_not_wanted(template, conversation.contact_id, conversation.channel):
        raise TemplateNotSendable(reason)
    if not window_of(conversation).is_open(at):
        _take_place(conversation, number, is_bulk=is_bulk, at=at)


def _take_place(
    conversation: Conversation, number: PhoneNumber, *, is_bulk: bool, at: datetime
) -> None:
    try:
        reserve(number=number, contact_id=conversation.contact_id, is_bulk=is_bulk, at=at)
    except QuotaExhausted as error:
        raise TemplateNotSendable(
            f"{error.used:,} customers are written to first within 24 hours, and WhatsApp's limit "
            "leaves no place for another. Replies go all the same."
        ) from error


def check_quote(quoted: Message, conversation: Conversation) -> None:
    """Raises InvalidMessage for a note, or for a message of another conversation."""
    if quoted.conversation_id != conversation.pk or quoted.is_note:
        raise InvalidMessage({"quoted": ["This message cannot be quoted here."]})


def expiry_of(conversation: Conversation, *, is_free: bool, at: datetime) -> datetime:
    """After when a queued message is not sent any more."""
    closes_at = conversation.window_closes_at
    latest = at + TEMPLATE_LIFE
    limited = is_free and window_of(conversation).is_limited
    return min(latest, closes_at) if limited and closes_at else latest
