"""One noun a file."""

from inbox.models.archives import Archive
from inbox.models.attachments import Attachment
from inbox.models.consents import Consent, WishWords
from inbox.models.contacts import Contact, Identity, SessionWindow
from inbox.models.conversations import Conversation, Label
from inbox.models.desks import CannedReply, Draft, Mention, ReadMark
from inbox.models.history import Assignment, Event, Participant
from inbox.models.journal import EarlyEvent, QuarantinedEvent, WebhookDelivery
from inbox.models.messages import Message, Reaction
from inbox.models.sending import Attempt, Bell, OutboxEntry, SendingProcess, SendingTurn
from inbox.models.words import MessageWords

__all__ = [
    "Archive",
    "Assignment",
    "Attachment",
    "Attempt",
    "Bell",
    "CannedReply",
    "Consent",
    "Contact",
    "Conversation",
    "Draft",
    "EarlyEvent",
    "Event",
    "Identity",
    "Label",
    "Mention",
    "Message",
    "MessageWords",
    "OutboxEntry",
    "Participant",
    "QuarantinedEvent",
    "Reaction",
    "ReadMark",
    "SendingProcess",
    "SendingTurn",
    "SessionWindow",
    "WebhookDelivery",
    "WishWords",
]
