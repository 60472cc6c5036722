"""A contact's own fields, and the number to which somebody writes first."""

from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Channel
from inbox.identities import phone_key
from inbox.models import Contact


class ContactForm(forms.Form):
    """What agents may write of a contact; everything else that is posted is ignored."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    language = forms.CharField(label=_("Language"), max_length=20, required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    @classmethod
    def of(cls, contact: Contact) -> "ContactForm":
        """Filled with what the contact has."""
        return cls(initial={name: getattr(contact, name) for name in cls.base_fields})


class ConsentForm(forms.Form):
    """What a customer told somebody about being written to."""

    is_granted = forms.TypedChoiceField(
        label=_("They"),
        choices=[("yes", _("agreed")), ("no", _("opted out"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    purposes = forms.MultipleChoiceField(
        label=_("About"),
        choices=[("marketing", _("Marketing")), ("utility", _("Utility"))],
        widget=forms.CheckboxSelectMultiple,
    )
    said_on = forms.DateField(
        label=_("On"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    wording = forms.CharField(
        label=_("How, and by which words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: on the telephone, “yes, send me your offers”."),
    )


class NewConversationForm(forms.Form):
    """To whom, from which channel."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "dir": "ltr"}),
        help_text=_("With its country code, or as it is dialled in the channel's own country."),
    )
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("From"), empty_label=None)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("For a new contact, if you know it."),
    )

    def __init__(self, *args: Any, channels: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - its queryset is needed
        field.queryset = channels


def region_of(channel: Channel | None) -> str:
    """The country of the channel's own number, in which local numbers are understood."""
    number = channel.number if channel else None
    try:
        parsed = phonenumbers.parse(number.display_phone_number if number else "")
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.region_code_for_number(parsed) or "")


def international(text: str, channel: Channel | None) -> str:
    """+ and digits of a number in any spelling; empty when it is none."""
    region = region_of(channel)
    key = phone_key(text, region)
    return f"+{key}" if key and is_possible(key) else ""


def is_possible(key: str) -> bool:
    """Could a telephone have this number?"""
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(f"+{key}")))
    except phonenumbers.NumberParseException:
        return False
