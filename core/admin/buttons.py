"""Buttons that do something to one row: a POST of its own, beside the row and on its page.

unfold's own row actions are links, and a link that changes something can be followed by
accident or by another site; these are small forms with a token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from core.admin.looks import ModelAdmin

M = TypeVar("M", bound=Model)
Handler = Callable[..., str]
TOLD = 10  # refusals of one action that are told one by one


class Refused(Exception):
    """The button could not do it; the text tells the administrator why and what to do."""


@dataclass(frozen=True, slots=True)
class Button:
    """name: piece of the address and the method's name. form: asked for first, on a page.

    of_list: it acts on all of them, and stands above the list.
    """

    name: str
    label: str
    shown: Callable[[Any], bool] = lambda row: True
    form: type[forms.Form] | None = None
    explanation: str = ""
    of_list: bool = False


def row_button(
    label: str,
    *,
    shown: Callable[[Any], bool] = lambda row: True,
    form: type[forms.Form] | None = None,
    explanation: str = "",
) -> Callable[[Handler], Handler]:
    """Marks a method (request, row[, form]) -> what happened, in words. May raise Refused."""

    def mark(method: Handler) -> Handler:
        button = Button(method.__name__, label, shown, form, explanation)
        method.row_button = button  # type: ignore[attr-defined]
        return method

    return mark


def list_button(label: str) -> Callable[[Handler], Handler]:
    """Marks a method (request) -> what happened, in words. May raise Refused."""

    def mark(method: Handler) -> Handler:
        button = Button(method.__name__, label, of_list=True)
        method.row_button = button  # type: ignore[attr-defined]
        return method

    return mark


class ButtonsAdmin(ModelAdmin[M]):
    """A ModelAdmin with the buttons that its methods are marked as."""

    list_before_template = "admin/row_buttons.html"
    change_form_outer_before_template = "admin/row_buttons.html"

    def all_buttons(self) -> list[Button]:
        """In the order in which the classes write them."""
        found = {
            name: value.row_button
            for kind in reversed(type(self).__mro__)
            for name, value in vars(kind).items()
            if hasattr(value, "row_button")
        }
        return list(found.values())

    def get_urls(self) -> list[URLPattern]:
        urls = [
            path(
                f"do/{button.name}/" if button.of_list else f"<path:object_id>/do/{button.name}/",
                self.admin_site.admin_view(partial(self._press, button=button)),
                name=self._url_name(button),
            )
            for button in self.all_buttons()
        ]
        return [*urls, *super().get_urls()]

    def buttons(self, row: M) -> SafeString:
        """The cell with a row's buttons."""
        return format_html_join(
            " ", "{}", ((self._drawn(button, row),) for button in self.shown_buttons(row))
        )

    buttons.short_description = ""  # type: ignore[attr-defined]

    def shown_buttons(self, row: M) -> list[Button]:
        return [b for b in self.all_buttons() if not b.of_list and b.shown(row)]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        drawn = [self._drawn(button) for button in self.all_buttons() if button.of_list]
        return super().changelist_view(request, {"row_buttons": drawn, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = context.get("original")
        drawn = [self._drawn(button, row) for button in self.shown_buttons(row)] if row else []
        context["row_buttons"] = drawn
        return super().render_change_form(request, context, *args, **options)

    def press_each(
        self,
        request: HttpRequest,
        rows: QuerySet[M],
        method: Callable[[HttpRequest, M], str],
        word: str,
    ) -> None:
        """A button's method for many rows, oldest first; one that is refused stops no other."""
        done, refused = 0, []
        for row in rows.order_by("pk"):
            try:
                text = method(request, row)
            except Refused as refusal:
                refused.append(f"{row}: {refusal}")
            else:
                done += 1
                self.log_change(request, row, text)
        if done:
            messages.success(request, f"{done} {word}.")
        for text in refused[:TOLD]:
            messages.error(request, text)

    def _url_name(self, button: Button) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{button.name}"

    def _drawn(self, button: Button, row: M | None = None) -> SafeString:
        url = reverse(f"admin:{self._url_name(button)}", args=[quote(row.pk)] if row else [])
        if button.form is not None:
            return format_html('<a class="sash-button" href="{}">{}</a>', url, button.label)
        return format_html(
            '<button class="sash-button" form="row-buttons" formaction="{}">{}</button>',
            url,
            button.label,
        )

    def _press(self, request: HttpRequest, object_id: str = "", *, button: Button) -> HttpResponse:
        if button.of_list:
            row = None
        else:
            row = get_object_or_404(self.get_queryset(request), pk=unquote(object_id))
        if button.form is not None and row is not None:
            form = button.form(request.POST if request.method == "POST" else None)
            if not form.is_valid():
                return self._ask(request, row, button, form)
            return self._do(request, row, button, form)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._do(request, row, button)

    def _do(self, request: HttpRequest, row: M | None, button: Button, *args: Any) -> HttpResponse:
        given = () if row is None else (row, *args)
        try:
            text = getattr(self, button.name)(request, *given)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if row is not None:
                self.log_change(request, row, text)
            messages.success(request, text)
        return HttpResponseRedirect(self._back(request, row))

    def _ask(self, request: HttpRequest, row: M, button: Button, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{button.label}: {row}",
            "explanation": button.explanation,
            "form": form,
            "label": button.label,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def _back(self, request: HttpRequest, row: M | None) -> str:
        """To the page on which the button was; after a question, to the row."""
        came_from = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            came_from, {request.get_host()}, require_https=request.is_secure()
        )
        base = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if is_ours and not came_from.partition("?")[0].endswith(request.path):
            return came_from
        if row is None or not self.get_queryset(request).filter(pk=row.pk).exists():
            return reverse(f"{base}_changelist")
        return reverse(f"{base}_change", args=[quote(row.pk)])
