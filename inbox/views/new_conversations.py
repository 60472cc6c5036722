"""Write first: to any number, from one of our channels, with a template."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.door import person, read_id
from accounts.models import Channel
from inbox.actions.contacts import InvalidContact
from inbox.actions.conversations import start_conversation
from inbox.forms.contacts import NewConversationForm, international
from inbox.identities import format_phone
from inbox.queries.access import NotPermitted, contacts_for, conversations_for, team_ids
from inbox.queries.contacts import contact_with_number
from inbox.views.door import Request


@login_required
@require_http_methods(["GET", "POST"])
def new_conversation(request: HttpRequest) -> HttpResponse:
    """The dialog (GET); begin (POST): what is sent first is chosen in the conversation itself."""
    initial = {"phone": request.GET.get("phone", "") or phone_of(request)}
    channels = channels_of(request)
    form = NewConversationForm(request.POST or None, channels=channels, initial=initial)
    if request.method == "POST" and form.is_valid() and (found := begin(request, form)):
        if Request.htmx_of(request):
            return HttpResponseClientRedirect(found)
        return redirect(found)
    is_dialog = bool(Request.htmx_of(request))
    template = "contacts/_new_conversation.html" if is_dialog else "contacts/new_conversation.html"
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, "channels": channels}, status=status)


def phone_of(request: HttpRequest) -> str:
    """The number of the contact from whose page somebody writes."""
    pk = read_id(request.GET.get("contact"))
    contact = contacts_for(request.user).filter(pk=pk).first() if pk else None
    if contact is None:
        return ""
    identities = contact.identities.filter(kind__in=["phone", "wa_id"]).order_by("kind")
    return next((format_phone(row.key) for row in identities), "")


def begin(request: HttpRequest, form: NewConversationForm) -> str:
    """The conversation's address; empty, with the reason in the form, where it cannot begin."""
    channel = form.cleaned_data["channel"]
    phone = international(form.cleaned_data["phone"], channel)
    if not phone:
        form.add_error("phone", _("This is no phone number."))
        return ""
    try:
        conversation = start_conversation(
            channel=channel,
            by=person(request),
            phone=phone,
            name=form.cleaned_data["name"],
            at=timezone.now(),
        )
    except InvalidContact as error:
        form.add_error("phone", str(error))
        return ""
    except NotPermitted as error:
        form.add_error(None, str(error))
        return ""
    return reverse("conversation", args=[conversation.pk])


@login_required
@require_GET
def number(request: HttpRequest) -> HttpResponse:
    """What is known of a number while it is typed: how it reads, and who has it."""
    chosen = read_id(request.GET.get("channel"))
    channels = channels_of(request)
    channel = channels.filter(pk=chosen).first() if chosen else channels.first()
    text = request.GET.get("phone", "")[:40]
    context: dict[str, Any] = {"typed": text.strip()}
    if phone := international(text, channel):
        context["shown"] = format_phone(phone[1:])
        found = contact_with_number(phone)
        if found and contacts_for(request.user).filter(pk=found.pk).exists():
            rows = conversations_for(request.user).filter(contact=found, status="open")
            context["contact"] = found
            context["conversation"] = rows.order_by("-last_message_at").first()
    return render(request, "contacts/_number.html", context)


def channels_of(request: HttpRequest) -> QuerySet[Channel]:
    """Channels that the person may write from."""
    user = person(request)
    rows = Channel.objects.filter(is_active=True).select_related("number").order_by("name", "pk")
    if user.is_administrator:
        return rows
    return rows.filter(Q(default_team__isnull=True) | Q(default_team__in=team_ids(user)))
