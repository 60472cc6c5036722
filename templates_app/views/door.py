"""What these doors share: which template is meant, and of which account."""

from django.http import Http404

from accounts.door import LARGEST_ID, read_id
from accounts.models import Waba
from templates_app import life
from templates_app.models import MessageTemplate


def get_template(template_id: int) -> MessageTemplate:
    """A template that is not deleted; otherwise 404."""
    rows = MessageTemplate.objects.exclude(status=life.DELETED).select_related("waba", "fallback")
    template = rows.filter(pk=template_id).first() if template_id <= LARGEST_ID else None
    if template is None:
        raise Http404
    return template


def find_waba(text: str | None) -> Waba | None:
    """An active account by its number, or the only one that there is."""
    rows = Waba.objects.filter(is_active=True).order_by("name")
    pk = read_id(text)
    return rows.first() if pk is None else rows.filter(pk=pk).first()
