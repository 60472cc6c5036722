"""Celery's door to the accounts: each task loads, calls and ends."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.actions.quota import take_samples
from accounts.cloud_api import CloudApiError
from accounts.models import Waba
from accounts.synchronising import sync_numbers_of

log = logging.getLogger("sash.accounts")


@shared_task(name="accounts.tasks.sample_quotas")
def sample_quotas() -> None:
    """How many customers were written to first, for the charts."""
    take_samples(timezone.now())


@shared_task(name="accounts.tasks.sync_numbers")
def sync_numbers() -> None:
    """Read the numbers of every active account; one that fails does not stop the others."""
    for waba in Waba.objects.filter(is_active=True):
        try:
            sync_numbers_of(waba, timezone.now())
        except CloudApiError as error:
            log.warning("numbers of %s not read: %s", waba.waba_id, error)
