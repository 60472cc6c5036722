"""The one place that writes the audit log."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from core.models import AuditEvent


def record(
    *, kind: str, actor: Any, at: datetime, subject: Model | None = None, **data: Any
) -> AuditEvent:
    """Append one audit event; data must be JSON values and hold no secret."""
    name = f"{subject._meta.label_lower}:{subject.pk}" if subject is not None else ""
    return AuditEvent.objects.create(kind=kind, actor=actor, at=at, subject=name, data=data)
