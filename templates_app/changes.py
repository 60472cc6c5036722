"""What follows when a template changes, whoever changed it: pushes, and mails to administrators.

Called inside the transaction of the change; both leave when it is committed.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.notices import tell_administrators
from core.live import EVERYONE, publish
from templates_app import life
from templates_app.models import MessageTemplate
from templates_app.reasons import reason_words

MAILED = {life.FLAGGED, life.PAUSED, life.REJECTED, life.DISABLED}


def announce(template: MessageTemplate, *, was: str, at: datetime) -> None:
    """Its state or content is another one now. was: the status before."""
    tell_pages()
    tell_people(template, was=was, at=at)


def tell_pages() -> None:
    """Once for however many have changed: a page asks for what it shows."""
    publish("templates.changed", to={EVERYONE})


def tell_people(template: MessageTemplate, *, was: str, at: datetime) -> None:
    """Administrators, by mail, where it is bad news."""
    if template.status != was and template.status in MAILED:
        tell_administrators(lambda: compose(template), at=at, path=f"/templates/{template.pk}/")


def compose(template: MessageTemplate) -> tuple[str, str]:
    """Subject and text, in the language that is switched on."""
    told = {
        life.FLAGGED: _("The template “%(name)s” is flagged"),
        life.PAUSED: _("The template “%(name)s” is paused"),
        life.REJECTED: _("The template “%(name)s” was rejected"),
        life.DISABLED: _("The template “%(name)s” is disabled"),
    }
    means = {
        life.FLAGGED: _(
            "Customers block or report it. Unless its quality gets better within seven days, it "
            "is disabled."
        ),
        life.PAUSED: _("It cannot be sent until the pause is over."),
        life.REJECTED: _("It cannot be sent. Edit it and submit it again."),
        life.DISABLED: _("It can be neither sent nor edited any more. Use another template."),
    }
    status = str(template.status)
    parts = [
        told[status] % {"name": template} + f" ({template.waba}).",
        reason_words(template),
        means[status],
    ]
    if template.fallback is not None and not template.is_sendable:
        parts.append(_("“%(name)s” goes instead.") % {"name": template.fallback})
    return told[status] % {"name": template.name}, "\n\n".join(filter(None, parts))
