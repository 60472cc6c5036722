"""A session that ends takes its open pages with it: by signing out, elsewhere, or by password."""

from typing import Any

from allauth.account import signals
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import User
from inbox.actions import pushes


@receiver(post_delete, sender=Session)
def tell_pages_of(*, instance: Session, **_: Any) -> None:
    """Whatever ended it: the row of a session goes with it."""
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is not None:
        pushes.access_changed([int(user_id)])


@receiver([signals.password_changed, signals.password_reset])
def tell_all_pages(*, user: User, **_: Any) -> None:
    """Every other session of theirs is void from now on."""
    pushes.access_changed([user.pk])
