"""Contacts: the list with its search, one contact's page, its fields, blocking."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.door import person, read_id
from inbox.actions.contacts import InvalidContact, block_contact, unblock_contact, update_contact
from inbox.forms.contacts import ConsentForm, ContactForm
from inbox.models import Contact
from inbox.queries.access import NotPermitted, contacts_for
from inbox.queries.consents import history_of, newest_of
from inbox.queries.contacts import conversations_of, list_contacts, with_identities
from inbox.queries.search import SearchTooBroad, patience
from inbox.views.door import Request, is_partial
from inbox.views.panel import shown_identities, zone_of


@login_required
@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """Newest first; words narrow the list, the next page comes at its end."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    context: dict[str, Any] = {"words": words}
    try:
        with patience():
            page = list_contacts(
                user=person(request),
                words=words,
                after=read_id(request.GET.get("after")),
            )
        context |= {"contacts": page.contacts, "next_id": page.next_id}
    except SearchTooBroad:
        context |= {"contacts": [], "too_broad": True}
    if is_partial(request, "contact-rows") or is_partial(request, "contact-more"):
        return render(request, "contacts/_rows.html", context)
    user = person(request)
    context["may_import"] = user.may_supervise
    return render(request, "contacts/contacts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Who somebody is, and every conversation with them that the person may see."""
    row = get_contact(request, contact_id)
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm.of(row)
    if request.method == "POST" and form.is_valid():
        try:
            update_contact(contact=row, by=person(request), at=timezone.now(), **form.cleaned_data)
        except InvalidContact as error:
            for field, text in error.errors.items():
                form.add_error(field, text)
        else:
            messages.success(request, _("Saved."))
            return redirect("contact", row.pk)
    return contact_page(request, row, form=form, status=422 if form.errors else 200)


def contact_page(
    request: HttpRequest,
    row: Contact,
    *,
    form: ContactForm | None = None,
    consent_form: ConsentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with whichever form was not in order."""
    context = {
        "contact": row,
        "form": form or ContactForm.of(row),
        "consent_form": consent_form or ConsentForm(initial={"is_granted": "yes"}),
        "consents": newest_of(row.consents.all()),
        "statements": history_of(row),
        "identities": shown_identities(row),
        "conversations": conversations_of(row, person(request))[:50],
        "zone": zone_of(row),
    }
    return render(request, "contacts/contact.html", context, status=status)


@login_required
@require_http_methods(["POST", "DELETE"])
def contact_block(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Nothing goes to this contact any more (POST), or again (DELETE)."""
    row = get_contact(request, contact_id)
    # A form without scripts can only post: it says what it takes back.
    is_lifted = request.method == "DELETE" or request.POST.get("lift") == "1"
    change = unblock_contact if is_lifted else block_contact
    try:
        change(contact=row, by=person(request), at=timezone.now())
    except NotPermitted as error:
        messages.error(request, str(error))
    if Request.htmx_of(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "sash:composer, sash:panel"})
    return redirect("contact", row.pk)


def get_contact(request: HttpRequest, contact_id: int) -> Contact:
    """A contact that the person may see; otherwise 404."""
    row = with_identities(contacts_for(request.user)).filter(pk=contact_id).first()
    if row is None:
        raise Http404
    return row
