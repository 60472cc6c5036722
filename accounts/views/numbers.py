"""The cockpit: how each account and number stands, for supervisors and administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.cloud_api import CloudApiError
from accounts.door import for_supervisors
from accounts.models import Waba
from accounts.queries import expected_webhook, read_accounts
from accounts.synchronising import sync_numbers_of


@for_supervisors
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """Every account with its numbers; only their part of the page for a page that asks again."""
    context = {"accounts": read_accounts(timezone.now()), "webhook": expected_webhook()}
    is_part = request.headers.get("HX-Target") == "accounts"
    return render(request, f"numbers/{'_accounts' if is_part else 'numbers'}.html", context)


@for_supervisors
@require_POST
def synchronisation(request: HttpRequest) -> HttpResponse:
    """Ask Meta now."""
    for waba in Waba.objects.filter(is_active=True).order_by("name"):
        try:
            count = sync_numbers_of(waba, timezone.now())
        except CloudApiError as error:
            messages.error(request, f"{waba}: {error}")
        else:
            told = _("%(waba)s: %(count)s numbers read from Meta.")
            messages.success(request, told % {"waba": waba, "count": count})
    return redirect("numbers")
