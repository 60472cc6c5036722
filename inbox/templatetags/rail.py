"""The rail, on any page that a signed-in person sees."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inbox.queries.counts import MOST
from inbox.queries.rail import read_rail, shown_presence

register = template.Library()


@register.inclusion_tag("inbox/_rail.html", takes_context=True)
def rail(context: template.Context) -> dict[str, Any]:
    """Views with counts, numbers and colleagues of the person who asks."""
    user: User = context["request"].user
    at = timezone.now()
    drawn = read_rail(user, at)
    current = context.get("view")
    return {
        "user": user,
        "views": views_of(user, drawn.counts, current),
        "teams": [
            view(f"team-{team.pk}", team.name, "team", drawn.counts, current)
            for team in drawn.teams
        ],
        "numbers": drawn.numbers,
        "colleagues": [(person, shown_presence(person, at)) for person in drawn.colleagues],
        "presence": shown_presence(user, at),
        "path": context["request"].path,
    }


@register.filter
def shown_count(number: int) -> str:
    """As the rail shows it: nothing for none, 99+ for many."""
    return "99+" if number >= MOST else str(number or "")


@register.filter
def presence_of(user: User) -> str:
    """A person's state now."""
    return shown_presence(user, timezone.now())


@register.filter
def presence_dot(state: str) -> str:
    """A colleague's state as the class of a dot."""
    return {"available": "good", "away": "soon"}.get(state, "none")


def views_of(user: User, counts: dict[str, int], current: str | None) -> list[dict[str, Any]]:
    """The views that everybody has, in the order of the rail."""
    rows = [
        (f"mine-{user.pk}", _("Mine"), "user"),
        ("unassigned", _("Unassigned"), "unassigned"),
        (f"mention-{user.pk}", _("Mentions"), "at"),
        ("closing", _("Closing soon"), "clock"),
        ("snoozed", _("Snoozed"), "moon"),
        ("open", _("All open"), "inbox"),
        ("closed", _("Closed"), "check"),
    ]
    return [view(token, name, icon, counts, current) for token, name, icon in rows]


def view(
    token: str, name: str, icon: str, counts: dict[str, int], current: str | None
) -> dict[str, Any]:
    """One line of the rail; slug is the view in addresses, the same for everybody."""
    slug = slug_of(token)
    return {
        "token": token,
        "slug": slug,
        "name": name,
        "icon": icon,
        "count": counts.get(token),
        "is_current": slug == current,
    }


def slug_of(token: str) -> str:
    """mine-7 -> mine: an address that a colleague can open too."""
    name = token.partition("-")[0]
    return {"mine": "mine", "mention": "mentions", "open": "all"}.get(name, token)
