"""Reasons of our own: the message was not handed to Meta."""

from enum import IntEnum

from inbox.failures.kinds import Failure, Next, Retry


class Own(IntEnum):
    """Stored in Message.error_code beside Meta's codes, which are all positive."""

    WINDOW_CLOSED = -1
    EXPIRED = -2
    TEMPLATE_GONE = -3
    CONTACT_BLOCKED = -4
    FILE_MISSING = -5
    NO_ADDRESS = -6
    CHANNEL_OFF = -7
    NOT_CONFIRMED = -8
    UNREACHABLE = -9
    BAD_VALUES = -10
    PEOPLE_SPOKE = -11
    OPTED_OUT = -12


OURS: dict[int, Failure] = {
    Own.WINDOW_CLOSED: Failure(
        Retry.NEVER,
        "The 24-hour window closed before the message could leave.",
        "Send an approved template; the customer's answer opens the window again.",
        offers=Next.TEMPLATE,
    ),
    Own.EXPIRED: Failure(
        Retry.NEVER,
        "The message could not leave in time and would have come too late.",
        "Check that it is still true, then send it again.",
        can_retry=True,
    ),
    Own.TEMPLATE_GONE: Failure(
        Retry.NEVER,
        "The template was no longer approved when the message was about to leave.",
        "Choose another template.",
        offers=Next.TEMPLATE,
    ),
    Own.CONTACT_BLOCKED: Failure(
        Retry.NEVER,
        "This contact was blocked before the message could leave.",
        "Unblock the contact, then send again.",
        can_retry=True,
    ),
    Own.FILE_MISSING: Failure(
        Retry.NEVER,
        "The file of this message could not be read.",
        "Attach the file again in a new message.",
    ),
    Own.NO_ADDRESS: Failure(
        Retry.NEVER,
        "Neither a phone number nor a WhatsApp id of this contact is known.",
        "Add a phone number to the contact, then send again.",
        can_retry=True,
    ),
    Own.CHANNEL_OFF: Failure(
        Retry.NEVER,
        "This channel is switched off or has no business number.",
        "Ask an administrator to switch it on, then send again.",
        can_retry=True,
        offers=Next.ADMINISTRATOR,
    ),
    Own.NOT_CONFIRMED: Failure(
        Retry.NEVER,
        "WhatsApp never confirmed this message, and somebody decided not to send it again.",
        "Send it again only if the customer did not get it.",
        can_retry=True,
    ),
    Own.UNREACHABLE: Failure(
        Retry.SAFE,
        "WhatsApp could not be reached.",
        "Sash tried again until it was no longer useful. Check the connection, then retry.",
        can_retry=True,
    ),
    Own.BAD_VALUES: Failure(
        Retry.NEVER,
        "The template changed, and the values given no longer fit it.",
        "Choose the template again and fill it in.",
        offers=Next.TEMPLATE,
    ),
    Own.PEOPLE_SPOKE: Failure(
        Retry.NEVER,
        "A person answered before the bot's message could leave.",
        "Nothing needs to be done: the bot does not speak over people.",
    ),
    Own.OPTED_OUT: Failure(
        Retry.NEVER,
        "The customer opted out before the message could leave.",
        "Nothing of this kind may be sent to them until they agree again.",
    ),
}
