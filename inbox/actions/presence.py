"""Whether people's browsers are connected; what they say of themselves is of accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Presence, User
from inbox.actions import pushes


@transaction.atomic
def record_arrival(*, user: User, at: datetime) -> None:
    """The person's first socket opened; pushed if colleagues saw them offline."""
    presence, is_new = Presence.objects.select_for_update().get_or_create(
        user=user, defaults={"last_seen_at": at}
    )
    was_here = not is_new and presence.is_connected(at)
    presence.last_seen_at = at
    presence.save(update_fields=["last_seen_at"])
    if not was_here:
        pushes.presence_changed(user)


def record_heartbeats(*, user_ids: Iterable[int], at: datetime) -> None:
    """These people's sockets are open now."""
    Presence.objects.filter(user__in=list(user_ids)).update(last_seen_at=at)


@transaction.atomic
def record_departure(*, user: User, at: datetime) -> None:
    """The person's last socket closed: offline for colleagues, whatever they said before."""
    left = Presence.objects.filter(user=user, last_seen_at__lte=at)
    if left.update(last_seen_at=None):
        pushes.presence_changed(user)
