"""Mails to the people who run the house, each in their own language."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.mails import send_later

Compose = Callable[[], tuple[str, str]]


def tell_administrators(compose: Compose, *, at: datetime, path: str = "") -> int:
    """One mail to every active administrator. Gives how many.

    compose: subject and text, called once a person with their language switched on. path: of
    the page to open. The mails leave when the transaction is committed.
    """
    people = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).order_by("pk")
    for person in people:
        with translation.override(person.language):
            subject, text = compose()
            foot = f"\n\n{_('Open it in Sash:')} {settings.BASE_URL}{path}\n" if path else "\n"
            send_later(to=person.email, subject=f"Sash: {subject}", text=text + foot, at=at)
    return len(people)
