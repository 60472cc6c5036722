"""The ledger of customers written to first: counted exactly, however many write at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.limits import (
    SPAN,
    UNLIMITED,
    Ladder,
    Scope,
    ladder_at,
    read_ladders,
    read_limit,
    share_of,
)
from accounts.models import PhoneNumber, Quota, QuotaSample, Reached

SAMPLES_KEPT = timedelta(days=90)


class QuotaExhausted(Exception):
    """Nobody else may be written to first. free_at: when the next place is free."""

    def __init__(self, used: int, limit: int, free_at: datetime | None) -> None:
        self.used, self.limit, self.free_at = used, limit, free_at
        super().__init__(f"{used} of {limit} customers are reached.")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one number now. limit: None where Meta has not told it. kept: for people alone."""

    used: int
    limit: int | None
    kept: int

    @property
    def is_limited(self) -> bool:
        return self.limit is not None and self.limit < UNLIMITED


def current_ladder(at: datetime) -> Ladder:
    """The platform's ladder of that day."""
    return ladder_at(read_ladders(settings.MESSAGING_LADDERS), at)


def quota_key(number: PhoneNumber, at: datetime) -> str:
    """Whose limit it is: the number's own, or its portfolio's."""
    if current_ladder(at).scope == Scope.NUMBER:
        return f"number:{number.pk}"
    portfolio = number.waba.portfolio_id
    return f"portfolio:{portfolio}" if portfolio else f"waba:{number.waba_id}"


def limit_of(number: PhoneNumber) -> int | None:
    """As Meta last told it, of the number or of its account."""
    told = read_limit(number.messaging_limit)
    return told if told is not None else read_limit(number.waba.messaging_limit)


def usage_of(number: PhoneNumber, at: datetime) -> Usage:
    """How many are used; whoever has run out meanwhile is not counted."""
    rows = Reached.objects.filter(quota__key=quota_key(number, at), until__gt=at)
    limit = limit_of(number)
    return Usage(rows.count(), limit, share_of(limit or 0, settings.QUOTA_KEPT_PERCENT))


@transaction.atomic
def reserve(*, number: PhoneNumber, contact_id: int, is_bulk: bool, at: datetime) -> None:
    """Count a customer who is written to outside an open window, for the next 24 hours.

    Call it in the transaction that queues the message. is_bulk: a broadcast, which leaves a
    share to people. Raises QuotaExhausted, counting nobody.
    """
    quota = _lock(quota_key(number, at))
    _let_go(quota, at)
    until = at + SPAN
    known = Reached.objects.filter(quota=quota, contact=contact_id)
    if known.update(until=until):
        return
    limit = limit_of(number)
    if limit is not None:
        kept = share_of(limit, settings.QUOTA_KEPT_PERCENT) if is_bulk else 0
        if quota.used >= limit - kept:
            first = quota.reached.order_by("until").values_list("until", flat=True).first()
            raise QuotaExhausted(quota.used, limit - kept, first)
    _add(quota, [contact_id], until)


@transaction.atomic
def count_leaving(pairs: Iterable[tuple[PhoneNumber, int]], at: datetime) -> None:
    """Templates leave now, perhaps long after their place was taken: it counts from here.

    pairs: (number, contact's id) of those outside an open window. Nobody is refused any more.
    """
    by_key: dict[str, set[int]] = {}
    for number, contact_id in pairs:
        by_key.setdefault(quota_key(number, at), set()).add(contact_id)
    for key, contacts in sorted(by_key.items()):
        quota = _lock(key)
        known = Reached.objects.filter(quota=quota, contact__in=contacts)
        there = set(known.values_list("contact", flat=True))
        known.update(until=at + SPAN)
        _add(quota, contacts - there, at + SPAN)


def take_samples(at: datetime) -> int:
    """Write down how many are used of every quota. Gives of how many."""
    quotas = list(Quota.objects.order_by("pk"))
    for row in quotas:
        _sample(row.key, at)
    QuotaSample.objects.filter(at__lt=at - SAMPLES_KEPT).delete()
    return len(quotas)


@transaction.atomic
def _sample(key: str, at: datetime) -> None:
    quota = _lock(key)
    _let_go(quota, at)
    QuotaSample.objects.get_or_create(quota=quota, at=at, defaults={"used": quota.used})


def _lock(key: str) -> Quota:
    Quota.objects.get_or_create(key=key)
    return Quota.objects.select_for_update(no_key=True).get(key=key)


def _add(quota: Quota, contacts: Collection[int], until: datetime) -> None:
    if contacts:
        rows = [Reached(quota=quota, contact=contact, until=until) for contact in contacts]
        quota.used += len(Reached.objects.bulk_create(rows))
        quota.save(update_fields=["used"])


def _let_go(quota: Quota, at: datetime) -> None:
    """Whoever counts no more; `quota` is locked."""
    gone, _ = quota.reached.filter(until__lte=at).delete()
    if gone:
        quota.used -= gone
        quota.save(update_fields=["used"])
