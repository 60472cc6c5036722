"""A template's settings beside its content, and its end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.door import for_supervisors, person
from templates_app import life
from templates_app.actions import (
    InvalidTemplate,
    NotChangeable,
    TemplateInUse,
    change_settings,
    delete_template,
)
from templates_app.checking import Errors
from templates_app.models import MessageTemplate
from templates_app.queries import uses_of
from templates_app.texts import channel_texts
from templates_app.views.door import get_template


@for_supervisors
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, template_id: int) -> HttpResponse:
    """Fallback and texts of other channels."""
    row = get_template(template_id)
    errors: Errors = {}
    overrides = dict(row.overrides)
    chosen = str(row.fallback_id or "")
    choices = _fallbacks(row)
    if request.method == "POST":
        overrides = {name: request.POST.get(name, "")[:5000] for name in ("sms", "webchat")}
        chosen = request.POST.get("fallback", "")
        fallback = next((one for one in choices if str(one.pk) == chosen), None)
        try:
            change_settings(
                template=row,
                fallback=fallback,
                overrides=overrides,
                by=person(request),
                at=timezone.now(),
            )
        except InvalidTemplate as error:
            errors = error.errors
        else:
            messages.success(request, _("Saved."))
            return redirect("message_template_settings", row.pk)
    context = {
        "template": row,
        "choices": choices,
        "chosen": chosen,
        "overrides": overrides,
        "texts": channel_texts(row),
        "uses": uses_of(row),
        "errors": errors,
    }
    page = "message_templates/settings.html"
    return render(request, page, context, status=422 if errors else 200)


def _fallbacks(row: MessageTemplate) -> list[MessageTemplate]:
    """What can take over: of the same account, standing at Meta."""
    rows = MessageTemplate.objects.filter(waba=row.waba_id).exclude(pk=row.pk)
    gone = [life.DRAFT, life.DELETED, life.DISABLED, life.PENDING_DELETION]
    return list(rows.exclude(status__in=gone).order_by("name", "language")[:500])


@for_supervisors
@require_POST
def deletion(request: HttpRequest, template_id: int) -> HttpResponse:
    """Gone here and at Meta; what it is used for forbids it."""
    row = get_template(template_id)
    try:
        delete_template(template=row, by=person(request), at=timezone.now())
    except (TemplateInUse, NotChangeable) as error:
        messages.error(request, str(error))
        return redirect("message_template", row.pk)
    messages.success(request, _("“%s” is deleted.") % row)
    return redirect("message_templates")
