"""What people say of themselves: preferences, and the answer to an invitation."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User


def time_zones() -> list[tuple[str, str]]:
    """Every zone by its city, without the old spellings."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    names = [name for name in names if not name.startswith(("Etc/", "SystemV/", "posix", "US/"))]
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class PreferencesForm(forms.ModelForm[User]):
    """A person's own settings; role, e-mail and teams are an administrator's matter."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme", "enter_sends", "plays_sounds"]
        labels = {
            "name": _("Name"),
            "theme": _("Appearance"),
            "enter_sends": _("Enter sends, Shift+Enter begins a new line"),
            "plays_sounds": _("Play a sound when a customer writes"),
        }
        help_texts = {"name": _("Colleagues see it; customers see it where a reply is signed.")}
        widgets = {"theme": forms.RadioSelect}


class InvitationForm(forms.Form):
    """Name and password of somebody who joins."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 8 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        person = User(email=self.email, name=cleaned.get("name", ""))
        if password := cleaned.get("password"):
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
