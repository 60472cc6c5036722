"""Secrets in forms are write-only: never drawn, unchanged unless something is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model

from core.admin.looks import PasswordInput
from core.secrets import EncryptedTextField

STORED = "Stored. It is not shown; leave this empty to keep it."


class SecretField(forms.CharField):
    """A blank password input, whatever is stored."""

    def __init__(self, **options: Any) -> None:
        options["widget"] = PasswordInput(
            attrs={"autocomplete": "new-password"}, render_value=False
        )
        super().__init__(**options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class SecretsForm(forms.ModelForm[Model]):
    """Keeps each secret that nobody typed anew. Also right for models without secrets."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.secrets().items():
            if getattr(self.instance, name, ""):
                field.required = False
                field.help_text = STORED
            self.initial.pop(name, None)

    def secrets(self) -> dict[str, SecretField]:
        fields = self.fields.items()
        return {name: field for name, field in fields if isinstance(field, SecretField)}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in self.secrets():
            if not self.cleaned_data.get(name):
                self.cleaned_data.pop(name, None)
        return cleaned


SECRET_FIELDS: dict[Any, Any] = {
    EncryptedTextField: {"form_class": SecretField, "widget": None},
}
