"""Celery's door to the templates."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.cloud_api import CloudApiError
from accounts.models import Waba
from templates_app.sync import sync_templates

log = logging.getLogger("sash.templates")


@shared_task(name="templates_app.tasks.sync_all")
def sync_all() -> None:
    """Read the templates of every active account; one that fails does not stop the others."""
    for waba in Waba.objects.filter(is_active=True):
        try:
            sync_templates(waba, timezone.now())
        except CloudApiError as error:
            log.warning("templates of %s not read: %s", waba.waba_id, error)
