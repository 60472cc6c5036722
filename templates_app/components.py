"""A template's `components` in a request, exactly as Meta takes them (Meta, "Send templates")."""

from collections.abc import Mapping
from typing import Any

from templates_app.contents import (
    MEDIA,
    PLACE,
    Kind,
    Values,
    button_kind,
    buttons,
    clean,
    has_expiration,
    header_format,
    is_authentication,
    missing,
    parse_moment,
    variables,
)
from templates_app.models import MessageTemplate


def send_components(
    template: MessageTemplate, values: Values, media: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The `components` of a send, exactly as Meta takes them.

    media: {"id": …} or {"link": …} of the header's file. Raises ValueError naming what is
    missing.
    """
    if empty := missing(template, values, has_file=bool(media)):
        raise ValueError("no value for " + ", ".join(empty))
    given = clean(values)
    parts = [*_header_part(template, given, media), *_text_part(template, "body", given)]
    if has_expiration(template):
        moment = parse_moment(given["offer.expires"])
        if moment is None:
            raise ValueError("offer.expires is not a time")
        offer = {"expiration_time_ms": int(moment.timestamp() * 1000)}
        parameter = {"type": "limited_time_offer", "limited_time_offer": offer}
        parts.append({"type": "limited_time_offer", "parameters": [parameter]})
    for index, button in enumerate(buttons(template)):
        parts += _button_part(template, index, button, given)
    return parts


def _header_part(
    template: MessageTemplate, given: Mapping[str, Any], media: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    form = header_format(template)
    if form in MEDIA:
        kind = MEDIA[form]
        return [{"type": "header", "parameters": [{"type": kind, kind: dict(media or {})}]}]
    if form == "LOCATION":
        place = {"type": "location", "location": given["header.location"]}
        return [{"type": "header", "parameters": [place]}]
    return _text_part(template, "header", given)


def _text_part(
    template: MessageTemplate, part: str, given: Mapping[str, Any]
) -> list[dict[str, Any]]:
    parameters = []
    for variable in variables(template):
        owner, _, name = variable.key.partition(".")
        if owner != part or variable.kind is not Kind.TEXT:
            continue
        parameter = {"type": "text", "text": str(given[variable.key])}
        if not name.isdecimal():
            parameter["parameter_name"] = name
        parameters.append(parameter)
    return [{"type": part, "parameters": parameters}] if parameters else []


def _button_part(
    template: MessageTemplate, index: int, button: dict[str, Any], given: Mapping[str, Any]
) -> list[dict[str, Any]]:
    kind, value = button_kind(button), given.get(f"button.{index}")
    has_place = bool(PLACE.search(str(button.get("url", ""))))
    if kind == "OTP" or (kind == "URL" and has_place and is_authentication(template)):
        kind, value = "URL", given.get("body.1")
    elif kind == "URL" and not has_place:
        return []
    parameters: dict[str, dict[str, Any]] = {
        "URL": {"type": "text", "text": str(value)},
        "COPY_CODE": {"type": "coupon_code", "coupon_code": str(value)},
        "FLOW": {"type": "action", "action": {"flow_token": "unused"}},
    }
    if kind not in parameters:
        return []
    part = {"type": "button", "sub_type": kind.lower(), "index": str(index)}
    return [{**part, "parameters": [parameters[kind]]}]
