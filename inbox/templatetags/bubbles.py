"""How a message and an event are drawn: which piece, which tick, which words."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbox.failures import Failure, explain_failure
from inbox.models import Attachment, Message
from inbox.templatetags.ui import icon

register = template.Library()
Kind = Message.Kind
Status = Message.Status

PIECES = {
    kind.value: f"inbox/message/_{kind.value}.html" for kind in Kind if kind != Kind.REACTION
}
UNREADABLE = "inbox/message/_unsupported.html"


@register.filter
def piece(message: Message) -> str:
    """The template that draws the inside of a bubble."""
    if message.revoked_at:
        return "inbox/message/_revoked.html"
    return PIECES.get(message.kind, UNREADABLE)


@register.filter
def first_file(message: Message) -> Attachment | None:
    """The message's file, from what the query prefetched."""
    return next(iter(message.attachments.all()), None)


@register.filter
def failure(message: Message) -> Failure | None:
    """Why it failed and what to do now."""
    if message.status != Status.FAILED:
        return None
    return explain_failure(message.error_code, message.error_detail)


@register.simple_tag
def tick(message: Message) -> SafeString:
    """The state of a message of ours: a drawing, and a word for who cannot see it."""
    return drawn_tick(message.status, get_language())


@cache
def drawn_tick(status: str, language: str | None) -> SafeString:
    """The same for every message of this status, in one language."""
    name, word = ticks().get(status, ("clock", ""))
    return format_html(
        '<span class="tick tick--{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
        status,
        word,
        icon(name),
        word,
    )


def ticks() -> dict[str, tuple[str, str]]:
    """Status -> icon and word."""
    return {
        Status.QUEUED: ("clock", _("Waiting to be sent")),
        Status.SENDING: ("clock", _("Being sent")),
        Status.UNKNOWN: ("warn", _("May not have been sent")),
        Status.ACCEPTED: ("check", _("Accepted by WhatsApp")),
        Status.SENT: ("check", _("Sent")),
        Status.DELIVERED: ("checks", _("Delivered")),
        Status.READ: ("checks", _("Read")),
        Status.PLAYED: ("checks", _("Played")),
        Status.FAILED: ("warn", _("Not delivered")),
    }


@register.filter
def author_mark(message: Message) -> str:
    """What a message is, where it is not simply a colleague's words."""
    if message.author_kind == Message.Author.PHONE_APP:
        return _("phone app")
    if message.direction != Message.Direction.OUT:
        return ""
    if message.kind == Kind.TEMPLATE:
        return _("template")
    return _("bot") if message.author_kind == Message.Author.BOT else ""


@register.filter
def shown_author(message: Message) -> str:
    """Who wrote it, in words; empty for the customer, who is named above."""
    if message.direction == Message.Direction.IN:
        return ""
    if message.author_name or message.author:
        return message.author_name or str(message.author)
    return {"phone_app": _("Phone"), "bot": _("Bot")}.get(message.author_kind, _("Sash"))


@register.filter
def gist(message: Message) -> str:
    """One line that stands for a message: in a quote, or read aloud."""
    if message.revoked_at:
        return _("Deleted message")
    if message.text:
        return message.text[:140]
    return str(message.get_kind_display())
