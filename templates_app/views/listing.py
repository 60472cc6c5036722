"""The list of templates, and fetching what Meta has now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.cloud_api import CloudApiError
from accounts.door import for_supervisors, read_id
from accounts.models import Waba
from templates_app import life
from templates_app.models import MessageTemplate
from templates_app.queries import list_families
from templates_app.sync import sync_templates

Status = MessageTemplate.Status


@for_supervisors
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """By name, languages side by side; words and choices narrow the list."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    status, category = request.GET.get("status", ""), request.GET.get("category", "")
    waba = request.GET.get("waba", "")
    families = list_families(
        words=words,
        status=status if status in Status.values else "",
        category=category if category in MessageTemplate.Category.values else "",
        waba_id=read_id(waba),
    )
    context = {
        "families": families,
        "words": words,
        "status": status,
        "category": category,
        "waba": waba,
        "statuses": [row for row in Status.choices if row[0] != life.DELETED],
        "categories": MessageTemplate.Category.choices,
        "wabas": list(Waba.objects.filter(is_active=True).order_by("name")),
    }
    is_part = request.headers.get("HX-Target") == "template-rows"
    page = "message_templates/_rows.html" if is_part else "message_templates/templates.html"
    return render(request, page, context)


@for_supervisors
@require_POST
def synchronisation(request: HttpRequest) -> HttpResponse:
    """Read every account's templates now."""
    for waba in Waba.objects.filter(is_active=True).order_by("name"):
        try:
            result = sync_templates(waba, timezone.now())
        except CloudApiError as error:
            messages.error(request, f"{waba}: {error}")
        else:
            told = _("%(waba)s: %(seen)s templates at Meta, %(changed)s of them new or changed.")
            changed = result.created + result.changed
            messages.success(
                request, told % {"waba": waba, "seen": result.seen, "changed": changed}
            )
    return redirect("message_templates")
