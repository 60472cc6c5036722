"""Django's admin classes in unfold's looks. unfold has no types, so Django's are told instead."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline, TabularInline
    from django.forms import PasswordInput, Select, Textarea, TextInput

    def display(
        *,
        description: str = "",
        ordering: str | None = None,
        boolean: bool | None = None,
        label: bool | Mapping[str, str] | None = None,
    ) -> Callable[[F], F]: ...

else:
    from unfold.admin import ModelAdmin, StackedInline, TabularInline
    from unfold.decorators import display
    from unfold.widgets import (
        UnfoldAdminPasswordWidget as PasswordInput,
    )
    from unfold.widgets import (
        UnfoldAdminSelectWidget as Select,
    )
    from unfold.widgets import (
        UnfoldAdminTextareaWidget as Textarea,
    )
    from unfold.widgets import (
        UnfoldAdminTextInputWidget as TextInput,
    )

__all__ = [
    "ModelAdmin",
    "PasswordInput",
    "Select",
    "StackedInline",
    "TabularInline",
    "TextInput",
    "Textarea",
    "display",
]
