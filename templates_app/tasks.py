"""Celery's door to the templates."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.cloud_api import CloudApiError
from accounts.models import Waba
from templates_app import life
from templates_app.actions import disable_lost
from templates_app.models import MessageTemplate
from templates_app.sync import sync_templates

# A pause that is longer than we think: Meta lets an account ask 200 times an hour.
ASK_AGAIN = timedelta(minutes=30)
log = logging.getLogger("sash.templates")


@shared_task(name="templates_app.tasks.sync_all")
def sync_all() -> None:
    """Read the templates of every active account; one that fails does not stop the others."""
    for waba in Waba.objects.filter(is_active=True):
        synchronise(waba)


def synchronise(waba: Waba) -> None:
    """Read one account's templates; a failure is for the log."""
    try:
        sync_templates(waba, timezone.now())
    except CloudApiError as error:
        log.warning("templates of %s not read: %s", waba.waba_id, error)


@shared_task(name="templates_app.tasks.sweep_states")
def sweep_states() -> None:
    """Flagged too long: disabled. A pause that should be over: Meta is asked."""
    at = timezone.now()
    disable_lost(at)
    over = MessageTemplate.objects.filter(status=life.PAUSED, paused_until__lte=at)
    wabas = list(Waba.objects.filter(is_active=True, templates__in=over).distinct())
    over.update(paused_until=at + ASK_AGAIN)
    for waba in wabas:
        synchronise(waba)
