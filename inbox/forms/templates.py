"""The values of a template's variables, as the picker posts them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from core.media import StoredFile
from core.uploads import RefusedFile, store_upload
from inbox.forms.messages import Unreadable, read_text
from templates_app.contents import Kind, Variable, variables
from templates_app.models import MessageTemplate

MEDIA = {Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT}
PLACE = ("latitude", "longitude", "name", "address")


def read_values(template: MessageTemplate, data: QueryDict) -> dict[str, Any]:
    """Variable key -> value; only what the template asks for, files aside."""
    return {
        variable.key: _value(variable, data)
        for variable in variables(template)
        if variable.kind not in MEDIA
    }


def read_header_file(template: MessageTemplate, request: HttpRequest) -> list[StoredFile]:
    """The header's file, stored; empty where none is needed or given. Raises Unreadable."""
    wanted = [variable.kind for variable in variables(template) if variable.kind in MEDIA]
    upload = request.FILES.get("file")
    if not wanted or upload is None:
        return []
    try:
        return [store_upload(upload, kinds=[str(kind) for kind in wanted])]
    except RefusedFile as error:
        raise Unreadable({"header.media": [str(error)]}) from error


def _value(variable: Variable, data: QueryDict) -> Any:
    name = f"values.{variable.key}"
    if variable.kind is Kind.LOCATION:
        place = {part: read_text(data, f"{name}.{part}") for part in PLACE}
        return {part: text for part, text in place.items() if text}
    text = read_text(data, name)
    return _moment(text) if variable.kind is Kind.TIME else text


def _moment(text: str) -> str:
    """What a browser's clock field holds is the person's own time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else timezone.make_aware(moment)).isoformat()
