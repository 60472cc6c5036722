"""What Meta says of numbers: in words, in colours, and drawn."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.limits import UNLIMITED
from accounts.queries import Limit

register = template.Library()
TONES = {
    "CONNECTED": "good",
    "PENDING": "info",
    "FLAGGED": "soon",
    "RATE_LIMITED": "soon",
    "RESTRICTED": "danger",
    "BANNED": "danger",
    "DISCONNECTED": "danger",
}
WIDTH, HEIGHT = 320, 60
BAR, GAP = 6, 2


@register.filter
def quality_dot(rating: str) -> str:
    """The colour of a quality's dot."""
    return {"GREEN": "good", "YELLOW": "soon", "RED": "bad"}.get(rating, "none")


@register.filter
def quality_word(rating: str) -> str:
    """Meta's quality rating in words."""
    words = {"GREEN": _("High"), "YELLOW": _("Medium"), "RED": _("Low")}
    return words.get(rating, _("Not rated"))


@register.filter
def status_of_number(status: str) -> str:
    """The status in words."""
    words = {
        "CONNECTED": _("Connected"),
        "PENDING": _("Pending"),
        "OFFLINE": _("Offline"),
        "DISCONNECTED": _("Offline"),
        "FLAGGED": _("Flagged"),
        "RESTRICTED": _("Restricted"),
        "RATE_LIMITED": _("Limit reached"),
        "BANNED": _("Banned"),
        "MIGRATED": _("Migrated"),
        "UNVERIFIED": _("Unverified"),
    }
    return words.get(status, status)


@register.filter
def tone_of_number(status: str) -> str:
    """The colour of a status's chip."""
    return TONES.get(status, "calm")


@register.filter
def limit_words(limit: int | None) -> str:
    """A number of customers, or that there is no limit."""
    if limit is None:
        return "–"
    return _("no limit") if limit >= UNLIMITED else str(number_format(limit))


@register.simple_tag
def sample_chart(limit: Limit) -> SafeString:
    """How many customers were written to first, over seven days, under the line of the limit."""
    samples = limit.samples
    top = limit.usage.limit if limit.usage.is_limited and limit.usage.limit else limit.most or 1
    first, span = samples[0][0], samples[-1][0] - samples[0][0]
    points = " ".join(
        f"{(at - first) / span * WIDTH if span else 0:.1f},{HEIGHT - used / top * HEIGHT:.1f}"
        for at, used in samples
    )
    return format_html(
        '<svg class="limit__chart" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline points="{}"/></svg>',
        WIDTH,
        HEIGHT,
        _("The last seven days"),
        points,
    )


@register.simple_tag
def rating_chart(ratings: list[tuple[datetime, str]]) -> SafeString:
    """How the quality went: a bar for each change, its height and colour the rating."""
    heights = {"GREEN": 14, "YELLOW": 9, "RED": 5}
    bars = format_html_join(
        "",
        '<rect class="rating rating--{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (
                quality_dot(quality),
                place * (BAR + GAP),
                14 - heights.get(quality, 2),
                BAR,
                heights.get(quality, 2),
            )
            for place, (_at, quality) in enumerate(ratings)
        ),
    )
    return format_html(
        '<svg class="ratings" width="{}" height="14" role="img" aria-label="{}">{}</svg>',
        len(ratings) * (BAR + GAP),
        _("How it went"),
        bars,
    )
