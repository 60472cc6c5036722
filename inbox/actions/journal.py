"""The only place that forgets webhooks: bodies hold customers' words and are not kept for ever."""

from datetime import datetime

from inbox.models import EarlyEvent, QuarantinedEvent, WebhookDelivery

TOGETHER = 1000


def trim(*, before: datetime) -> int:
    """Delete what was applied, resolved or waited in vain before that time; how many rows.

    What is not applied yet, or lies in quarantine unresolved, stays.
    """
    count = 0
    applied = WebhookDelivery.objects.filter(
        state=WebhookDelivery.State.APPLIED, received_at__lt=before
    )
    resolved = QuarantinedEvent.objects.filter(resolved_at__lt=before)
    early = EarlyEvent.objects.filter(received_at__lt=before)
    for rows in (resolved, early, applied):
        while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:TOGETHER]):
            rows.model._default_manager.filter(pk__in=ids).delete()
            count += len(ids)
    return count
