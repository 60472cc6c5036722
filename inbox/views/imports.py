"""Contacts from a file: choose it, say which column is what, look, then take it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.door import for_supervisors, person
from inbox.actions.contact_files import FIELDS, UnreadableFile
from inbox.actions.contact_imports import import_contacts
from inbox.forms.imports import LARGEST, preview_file, read_columns, read_headings
from inbox.queries.access import NotPermitted

MOST_SHOWN = 200


@for_supervisors
@require_http_methods(["GET", "POST"])
def contact_import(request: HttpRequest) -> HttpResponse:
    """The form (GET); take the file (POST) and say what became of each row."""
    if request.method == "GET":
        return render(request, "contacts/import.html", {})
    try:
        content = read_content(request)
        columns = read_columns(request.POST, read_headings(content))
        report = import_contacts(
            content=content,
            by=person(request),
            at=timezone.now(),
            columns=columns or None,
            origin=file_name(request),
        )
    except (UnreadableFile, NotPermitted) as error:
        return render(request, "contacts/import.html", {"error": str(error)}, status=422)
    context = {"report": report, "rejected": report.rejected[:MOST_SHOWN]}
    return render(request, "contacts/imported.html", context)


@for_supervisors
@require_POST
def contact_import_preview(request: HttpRequest) -> HttpResponse:
    """What the file would do, with the columns as chosen so far; nothing is written."""
    context: dict[str, Any] = {"names": field_names()}
    try:
        content = read_content(request)
        headings = read_headings(content)
        columns = read_columns(request.POST, headings)
        context["preview"] = preview_file(content, columns, headings)
        context["choices"] = [
            {"field": name, "name": field_names()[name], "place": columns.get(name)}
            for name in FIELDS
        ]
    except UnreadableFile as error:
        context["error"] = str(error)
    return render(request, "contacts/_preview.html", context)


def read_content(request: HttpRequest) -> bytes:
    """The posted file. Raises UnreadableFile."""
    upload = request.FILES.get("file")
    if upload is None:
        raise UnreadableFile(_("Choose a file first."))
    if upload.size is None or upload.size > LARGEST:
        raise UnreadableFile(_("The file is larger than 5 MB: divide it."))
    return bytes(upload.read())


def file_name(request: HttpRequest) -> str:
    """What the posted file is called, as proof of what it says."""
    upload = request.FILES.get("file")
    return str(upload.name) if upload else ""


def field_names() -> dict[str, str]:
    """The fields of a contact in words."""
    return {
        "name": _("Name"),
        "phone": _("Phone number"),
        "email": _("E-mail"),
        "company": _("Company"),
        "language": _("Language"),
        "marketing": _("Consent to marketing"),
        "utility": _("Consent to utility messages"),
    }
