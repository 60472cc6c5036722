"""Doors of a person's own pages: preferences, and the answer to an invitation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions.invitations import (
    InvitationNotValid,
    accept_invitation,
    find_invitation,
)
from accounts.door import person
from accounts.forms import InvitationForm, PreferencesForm


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """A person's own settings."""
    user = person(request)
    form = PreferencesForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return redirect("preferences")
    return render(
        request, "people/preferences.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody joins by the address in their mail; whoever is signed in here makes room."""
    at = timezone.now()
    try:
        found = find_invitation(token=token, at=at)
        form = InvitationForm(
            request.POST or None, email=found.email, initial={"name": found.name}
        )
        if request.method == "POST" and form.is_valid():
            user = accept_invitation(token=token, at=at, **form.cleaned_data)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect(settings.LOGIN_REDIRECT_URL)
    except InvitationNotValid as error:
        return render(request, "people/invitation_over.html", {"reason": error}, status=410)
    context = {"form": form, "invitation": found}
    return render(request, "people/invitation.html", context, status=422 if form.errors else 200)
