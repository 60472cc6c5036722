"""What every page of the admin has in common: looks, bounded counts, history that stays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin.buttons import ButtonsAdmin
from core.admin.secrets import SECRET_FIELDS, SecretsForm

COUNTED = 10_000
M = TypeVar("M", bound=Model)


class BoundedPaginator(Paginator[Any]):
    """Counts up to ten thousand rows: counting ten million for a page number is not worth it."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:COUNTED].count())


class SashAdmin(ButtonsAdmin[M]):
    """The base of every model's page."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    form = SecretsForm  # type: ignore[assignment]
    formfield_overrides = SECRET_FIELDS
    warn_unsaved_form = True
    list_filter_submit = True
    compressed_fields = True


class HistoryAdmin(SashAdmin[M]):
    """History is read: nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def raw_text(text: str) -> SafeString:
    """Somebody's raw words, escaped, with their line breaks."""
    return format_html('<pre class="sash-raw">{}</pre>', text)


def shown_json(value: Any) -> SafeString:
    """JSON as people read it, escaped."""
    return raw_text(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def names(values: Iterable[object]) -> str:
    """A few names in one cell."""
    return ", ".join(str(value) for value in values)
