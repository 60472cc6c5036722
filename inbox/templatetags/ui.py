"""Small pieces of the pages' drawing: icons, initials, colours, names and times."""

import zlib
from datetime import datetime, timedelta
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.formatting import format_text
from inbox.models import Contact
from inbox.queries.names import address_of, name_of
from inbox.queries.views import EPOCH
from inbox.window import State, Window

register = template.Library()
HUES = 12


@register.simple_tag
def icon(name: str, style: str = "") -> SafeString:
    """One drawing of static/icons.svg, as decoration: the words stand beside it."""
    return drawing(name, style)


@cache
def drawing(name: str, style: str) -> SafeString:
    """Written once: the icons of a process never change."""
    names = f"icon {style}".rstrip()
    icons = static("icons.svg")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', names, icons, name
    )


@register.simple_tag
def words() -> dict[str, str]:
    """The few words that scripts write, in the reader's language (see static/js/words.js)."""
    return {
        "closed": _("closed"),
        "closesAt": _("The 24-hour window: until"),
        "now": _("now"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "newOnes": _("new"),
        "newest": _("Newest"),
        "theirTime": _("their time"),
        "viewing": _("is viewing"),
        "typing": _("is typing…"),
        "draft": _("Draft"),
        "mentioned": _("You were mentioned"),
        "away": _("away"),
        "offline": _("offline"),
        "copied": _("Link copied"),
        "failed": _("That did not work. Nothing was changed."),
        "gone": _("This conversation is no longer yours to see."),
        "selected": _("selected"),
        "stopped": _(
            "A reply was not sent yet: something came in meanwhile. Open its conversation."
        ),
        "finishNote": _("Finish your note first: the reply comes back into the same box."),
    }


@register.filter
def hue(value: object) -> int:
    """The same one of twelve avatar colours for the same id, in every process."""
    return zlib.crc32(str(value).encode()) % HUES


@register.filter
def initials(name: str) -> str:
    """One or two letters of a name; "#" when it has none (a masked number)."""
    words = [word for word in name.lstrip("@").split() if word[0].isalpha()]
    if not words:
        return "#"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


@register.filter
def contact_name(contact: Contact) -> str:
    """See inbox.queries.names."""
    return name_of(contact)


@register.filter
def contact_address(contact: Contact) -> str:
    """See inbox.queries.names."""
    return address_of(contact)


@register.filter
def whatsapp(text: str) -> SafeString:
    """A person's words with WhatsApp's formatting, escaped."""
    return format_text(str(text))


@register.filter
def micros(moment: datetime | None) -> str:
    """Microseconds since 1970, by which the page sorts."""
    return str((moment - EPOCH) // timedelta(microseconds=1)) if moment else ""


@register.filter
def millis(moment: datetime | None) -> str:
    """Milliseconds since 1970, as scripts count."""
    return str((moment - EPOCH) // timedelta(milliseconds=1)) if moment else ""


@register.simple_tag
def window_chip(window: Window, at: datetime, *, is_row: bool = False) -> SafeString:
    """The countdown; the page's clock goes on from here (static/js/times.js).

    is_row: the row around it says when the window closes.
    """
    state = window.state(at)
    if is_row:
        text = window_text(window, state, at)
        return format_html('<window-chip state="{}">{}</window-chip>', state, text)
    closes = millis(window.closes_at)
    return format_html(
        '<window-chip closes-at="{}" state="{}">{}</window-chip>',
        closes,
        state,
        window_text(window, state, at),
    )


def window_text(window: Window, state: State, at: datetime) -> str:
    """3 h 12, 37 min, closed, or template only where the customer never wrote."""
    if window.closes_at is None:
        return _("template only") if window.is_limited else ""
    if state == State.CLOSED:
        return _("closed")
    minutes = int(window.remaining(at).total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as 0:12."""
    whole = round(seconds or 0)
    return f"{whole // 60}:{whole % 60:02d}"
