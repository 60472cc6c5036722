"""The editor: drafted, previewed and checked while somebody types, submitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.door import for_supervisors, person, read_id
from accounts.models import Waba
from core.media import delete_file, path_of
from core.serving import serve_file
from templates_app import life
from templates_app.actions import (
    InvalidTemplate,
    NotChangeable,
    save_draft,
    submit_template,
)
from templates_app.checking import Errors, check_typing
from templates_app.drafting import Draft, read_draft
from templates_app.forms import UnfitSample, read_post, read_sample, rearranged
from templates_app.models import MessageTemplate
from templates_app.views.door import find_waba, get_template
from templates_app.views.shown import editor_context, examples_of, fields_of, preview_context

SUBMIT, SAVE = "submit", "save"


@for_supervisors
@require_http_methods(["GET", "POST"])
def new_template(request: HttpRequest) -> HttpResponseBase:
    """An empty editor, or one that begins with a copy of another template (?copy=…)."""
    waba = find_waba(request.POST.get("waba") or request.GET.get("waba"))
    if waba is None:
        return render(request, "message_templates/no_account.html", status=404)
    if request.method == "POST":
        return _edited(request, None, waba)
    base = Draft(category="UTILITY", language="en_US")
    if copied := read_id(request.GET.get("copy")):
        base = _copy(get_template(copied), request.GET.get("as", ""))
    return render(
        request,
        "message_templates/editor.html",
        editor_context(None, waba, base, at=timezone.now()),
    )


def _copy(template: MessageTemplate, purpose: str) -> Draft:
    """The same in another language, or the same content under another name."""
    is_language = purpose == "language"
    return replace(
        stored_draft(template),
        name=template.name if is_language else f"{template.name[:500]}_copy",
        language="" if is_language else template.language,
        handle="",  # an example file is Meta's for one template
    )


@for_supervisors
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, template_id: int) -> HttpResponseBase:
    """One language of a template."""
    row = get_template(template_id)
    if request.method == "POST":
        return _edited(request, row, row.waba)
    context = editor_context(row, row.waba, stored_draft(row), at=timezone.now())
    return render(request, "message_templates/editor.html", context)


def stored_draft(row: MessageTemplate | None) -> Draft:
    """What the editor begins with."""
    if row is None:
        return Draft()
    return read_draft(
        name=row.name,
        language=row.language,
        category=str(row.category),
        components=row.components,
    )


def _edited(request: HttpRequest, row: MessageTemplate | None, waba: Waba) -> HttpResponseBase:
    draft, wish = read_post(request.POST, stored_draft(row)), request.POST.get("do", SAVE)
    if wish not in (SUBMIT, SAVE):
        return _editor(request, row, waba, rearranged(draft, wish))
    sample, at, by = None, timezone.now(), person(request)
    try:
        sample = read_sample(request.FILES, draft)
        if row is None or wish == SAVE or row.status == life.DRAFT:
            row = save_draft(template=row, waba=waba, draft=draft, sample=sample, by=by, at=at)
        if wish == SUBMIT:
            row = submit_template(template=row, draft=draft, sample=sample, by=by, at=at)
    except (InvalidTemplate, NotChangeable, UnfitSample) as error:
        if sample is not None and (row is None or row.sample != sample.name):
            delete_file(sample.name)
        return _editor(request, row, waba, draft, errors_of(error), status=422)
    told = _("Sent to Meta for review.") if wish == SUBMIT else _("Draft saved.")
    messages.success(request, told)
    target = reverse("message_template", args=[row.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def errors_of(error: Exception) -> Errors:
    """By field of the editor."""
    if isinstance(error, InvalidTemplate):
        return error.errors
    return {"header.file" if isinstance(error, UnfitSample) else "": [str(error)]}


def _editor(
    request: HttpRequest,
    row: MessageTemplate | None,
    waba: Waba,
    draft: Draft,
    errors: Errors | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form with what was written, and what is wrong with it."""
    context = editor_context(row, waba, draft, errors=errors, at=timezone.now())
    page = "_editor" if request.headers.get("HX-Request") else "editor"
    return render(request, f"message_templates/{page}.html", context, status=status)


@for_supervisors
@require_POST
def preview(request: HttpRequest, template_id: int = 0) -> HttpResponse:
    """How the customer reads it so far, with what is wrong beside each field."""
    row = get_template(template_id) if template_id else None
    draft = read_post(request.POST, stored_draft(row))
    context: dict[str, Any] = preview_context(row, draft)
    context["errors"] = check_typing(draft)
    examples = examples_of(draft, context["errors"])
    is_other = [row["key"] for row in examples] != request.POST.getlist("shown")
    # Fields of examples come only with others, so that nobody is disturbed who types in one.
    context |= {"examples": examples, "has_new_examples": is_other}
    context["fields"] = fields_of(draft) + [row["name"] for row in examples if not is_other]
    return render(request, "message_templates/_typed.html", context)


@for_supervisors
@require_GET
def sample(request: HttpRequest, template_id: int) -> HttpResponseBase:
    """The header's example file."""
    row = get_template(template_id)
    path = path_of(row.sample) if row.sample else None
    if path is None or not path.is_file():
        raise Http404
    return serve_file(
        request, path, mime_type=row.sample_type, filename=row.sample_name, digest=row.sample
    )
