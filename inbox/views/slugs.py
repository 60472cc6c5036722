"""Views in addresses: "mine" for everybody, where rows and queries say "mine-7"."""

from collections.abc import Sequence

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Team, User
from inbox.models import Conversation

OWN = {"mine": "mine-{}", "mentions": "mention-{}"}
SIMPLE = {
    "all": "open",
    "unassigned": "unassigned",
    "closing": "closing",
    "snoozed": "snoozed",
    "closed": "closed",
    "archived": "archived",
}


def token_of(slug: str, user: User) -> str:
    """The token that the rows of this view carry. Raises Http404 for an unknown view."""
    if slug in OWN:
        return OWN[slug].format(user.pk)
    if slug in SIMPLE:
        return SIMPLE[slug]
    name, _dash, number = slug.partition("-")
    if name == "team" and number.isdecimal() and len(number) < 18:
        return slug
    raise Http404


def title_of(slug: str, rows: Sequence[Conversation]) -> str:
    """What the list is called; rows: what it shows."""
    titles = {
        "mine": _("Mine"),
        "mentions": _("Mentions"),
        "all": _("All open"),
        "unassigned": _("Unassigned"),
        "closing": _("Closing soon"),
        "snoozed": _("Snoozed"),
        "closed": _("Closed"),
        "archived": _("Archived"),
    }
    if slug in titles:
        return titles[slug]
    pk = int(slug.removeprefix("team-"))
    team = rows[0].team if rows else Team.objects.filter(pk=pk).first()
    return team.name if team else _("Team")


def empty_text(slug: str) -> str:
    """What an empty list means."""
    texts = {
        "mine": _("No open conversation is yours. Take one from Unassigned."),
        "mentions": _("Nobody needs you in a note."),
        "unassigned": _("Every conversation has somebody."),
        "closing": _("No window closes within four hours on a customer who waits."),
        "snoozed": _("Nothing sleeps."),
    }
    return texts.get(slug, _("When a customer writes, the conversation appears here by itself."))
