"""Whether people's browsers are connected; what they say of themselves is of accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Presence, User
from accounts.models.people import PRESENCE_TTL
from inbox.actions import pushes


@transaction.atomic
def record_here(*, user_ids: Iterable[int], at: datetime) -> None:
    """These people's sockets are open now; pushed for whom colleagues saw offline."""
    ids = sorted(set(user_ids))
    rows = Presence.objects.filter(user__in=ids)
    connected = rows.filter(last_seen_at__gt=at - PRESENCE_TTL)
    came = set(ids) - set(connected.values_list("user_id", flat=True))
    if came:
        new = [Presence(user_id=pk) for pk in sorted(came)]
        Presence.objects.bulk_create(new, ignore_conflicts=True)
    # In one order, since several processes speak of the same people.
    locked = rows.order_by("user_id").select_for_update(no_key=True)
    Presence.objects.filter(user__in=[row.pk for row in locked]).update(last_seen_at=at)
    for user in User.objects.filter(pk__in=came):
        pushes.presence_changed(user)


@transaction.atomic
def record_departures(*, user_ids: Iterable[int], at: datetime) -> None:
    """Not seen since: offline for colleagues, whatever they said before."""
    left = Presence.objects.filter(user__in=list(user_ids), last_seen_at__lte=at)
    locked = left.select_related("user").order_by("user_id")
    rows = list(locked.select_for_update(no_key=True, of=["self"]))
    Presence.objects.filter(user__in=[row.pk for row in rows]).update(last_seen_at=None)
    for row in rows:
        pushes.presence_changed(row.user)
