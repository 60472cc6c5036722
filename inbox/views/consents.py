"""What a contact agreed to: recorded by hand, and saved as a file that proves it."""

from datetime import date, datetime, time

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.door import for_supervisors, person
from inbox.actions.consents import InvalidConsent, record_consent
from inbox.exports.consents import write_consents
from inbox.forms.contacts import ConsentForm
from inbox.models import Consent
from inbox.queries.access import NotPermitted, contacts_for
from inbox.queries.consents import history_of
from inbox.views.contacts import contact_page, get_contact


@login_required
@require_POST
def contact_consent(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Somebody writes down what the customer said."""
    row = get_contact(request, contact_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return contact_page(request, row, consent_form=form, status=422)
    given, at = form.cleaned_data, timezone.now()
    try:
        record_consent(
            contact=row,
            purposes=[Consent.Purpose(name) for name in given["purposes"]],
            is_granted=given["is_granted"],
            wording=given["wording"],
            said_at=moment_of(given["said_on"], at),
            by=person(request),
            at=at,
        )
    except InvalidConsent as error:
        for field, text in error.errors.items():
            form.add_error("said_on" if field == "said_at" else field, text)
        return contact_page(request, row, consent_form=form, status=422)
    except NotPermitted as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("contact", row.pk)


def moment_of(day: date | None, at: datetime) -> datetime:
    """Now for today and for no day; of any other day its noon."""
    if day is None or day == timezone.localdate(at):
        return at
    return timezone.make_aware(datetime.combine(day, time(12)))


@login_required
@require_GET
def contact_consent_file(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Everything that one contact stated, as CSV."""
    return csv_answer(write_consents(history_of(get_contact(request, contact_id))))


@for_supervisors
@require_GET
def consent_file(request: HttpRequest) -> HttpResponse:
    """The same of every contact that the person may see."""
    rows = Consent.objects.filter(contact__in=contacts_for(request.user))
    listed = rows.select_related("contact", "recorded_by").order_by("contact", "-at", "-pk")
    return csv_answer(write_consents(listed.iterator(chunk_size=2000)))


def csv_answer(content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="consent.csv"'}
    headers["X-Content-Type-Options"] = "nosniff"
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
