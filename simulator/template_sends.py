"""The only place that checks a template message against its template and fills it in.

Codes as in Meta's "Error codes": 132000 count, 132001 missing, 132005 length, 132012 format,
132015 paused, 132016 disabled, 132018 characters.
"""

from __future__ import annotations

import re
from typing import Any

from . import checks
from .bodies import check_media
from .graph import GraphError
from .store import Doc, Store
from .template_text import buttons_of, component, fill, variables

TOO_MUCH_SPACE = re.compile(r"[\n\t]| {5,}")
MEDIA = ("IMAGE", "VIDEO", "DOCUMENT")
REFUSED = {"PAUSED": 132015, "DISABLED": 132016}
CODE_MOST = 20


def fill_template(store: Store, account: str, content: Doc) -> tuple[Doc, Doc]:
    """The template, and how the message is drawn. Raises GraphError."""
    template = find_template(store, account, content["name"], content["language"]["code"])
    given = {str(one.get("type", "")).lower(): one for one in _components(content)}
    drawn: Doc = {"header": _header(store, template, given.get("header", {}))}
    body = component(template, "BODY")
    drawn["text"] = _filled("body", template, body.get("text", ""), given.get("body", {}))
    if len(drawn["text"]) > 1024:
        raise GraphError(132005, "body: the text is longer than 1024 characters.")
    drawn["footer"] = component(template, "FOOTER").get("text", "")
    drawn["buttons"] = _buttons(template, _components(content))
    return template, {name: value for name, value in drawn.items() if value}


def find_template(store: Store, account: str, name: str, language: str) -> Doc:
    found = [
        template
        for template in store.list("templates")
        if (template["account"], template["name"]) == (account, name)
    ]
    exact = next((one for one in found if one["language"] == language), None)
    if exact is None or exact["status"] not in ("APPROVED", "FLAGGED", *REFUSED):
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    if exact["status"] in REFUSED:
        code = REFUSED[exact["status"]]
        raise GraphError(code, f"template {name} in {language} is {exact['status'].lower()}.")
    return exact


def _components(content: Doc) -> list[Doc]:
    given = content.get("components") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise checks.bad("template.components is not a list of objects.")
    return given


def _parameters(given: Doc) -> list[Doc]:
    found = given.get("parameters") or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise checks.bad("template.components.parameters is not a list of objects.")
    return found


def _filled(where: str, template: Doc, text: str, given: Doc) -> str:
    names, parameters = variables(text), _parameters(given)
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match the"
            f" expected number of params ({len(names)})",
        )
    if template["parameter_format"] == "NAMED":
        values = {str(one.get("parameter_name", "")): _text_of(where, one) for one in parameters}
        if set(values) != set(names):
            raise GraphError(100, f"{where}: parameter_name has to name {', '.join(names)}.")
    else:
        ordered = sorted(names, key=lambda name: int(name) if name.isdigit() else 0)
        values = dict(zip(ordered, (_text_of(where, one) for one in parameters), strict=True))
    return fill(text, values)


def _text_of(where: str, parameter: Doc) -> str:
    kind = parameter.get("type", "text")
    if kind in ("currency", "date_time"):
        value: Any = (parameter.get(kind) or {}).get("fallback_value")
    elif kind == "text":
        value = parameter.get("text")
    else:
        raise GraphError(132012, f"{where}: expected a text parameter, received {kind}.")
    if not isinstance(value, str) or not value:
        raise checks.absent(f"template.components.{where}.parameters.text")
    if TOO_MUCH_SPACE.search(value):
        details = (
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
        raise GraphError(132018, f"{where}: {details}")
    return value


def _header(store: Store, template: Doc, given: Doc) -> Doc:
    header = component(template, "HEADER")
    form = str(header.get("format", "")).upper()
    if form in MEDIA or form == "LOCATION":
        parameters = _parameters(given)
        received = str(parameters[0].get("type", "")).upper() if parameters else "UNKNOWN"
        if received != form:
            details = f"header: Format mismatch, expected {form}, received {received}"
            raise GraphError(132012, details)
        content = checks.part(parameters[0], form.lower(), "template.header.")
        if form == "LOCATION":
            return {"kind": "location", "location": content}
        check_media(store, form.lower(), content, f"template.header.{form.lower()}.")
        return {"kind": form.lower(), "media": _media(form.lower(), content)}
    if not header and _parameters(given):
        raise GraphError(132000, "header: the template has no header.")
    text = _filled("header", template, header.get("text", ""), given)
    return {"kind": "text", "text": text} if text else {}


def _media(kind: str, content: Doc) -> Doc:
    wanted = ("id", "link", "filename")
    return {"kind": kind, **{name: content[name] for name in wanted if content.get(name)}}


def _buttons(template: Doc, components: list[Doc]) -> list[Doc]:
    given = {
        str(one.get("index", "")): one
        for one in components
        if str(one.get("type", "")).lower() == "button"
    }
    buttons = buttons_of(template)
    for index, one in given.items():
        if not index.isdigit() or int(index) >= len(buttons):
            raise GraphError(132012, f"buttons: the template has no button at index {index}.")
        _same_kind(index, buttons[int(index)], one)
    return [_button(n, button, given.get(str(n), {})) for n, button in enumerate(buttons)]


def _same_kind(index: str, button: Doc, given: Doc) -> None:
    expected, received = button["type"].upper(), str(given.get("sub_type", "")).upper()
    if expected != received and not (expected == "OTP" and received in ("URL", "COPY_CODE")):
        details = f"buttons: Button at index {index} is {expected}, received {received}"
        raise GraphError(132012, details)


def _button(index: int, button: Doc, given: Doc) -> Doc:
    kind = button["type"].upper()
    value = _value_of(given)
    drawn: Doc = {"kind": kind.lower(), "text": button.get("text", "")}
    if kind == "QUICK_REPLY":
        drawn["payload"] = value or button["text"]
    elif kind == "URL":
        drawn["url"] = _url(index, button.get("url", ""), value)
    elif kind == "PHONE_NUMBER":
        drawn["phone"] = button.get("phone_number", "")
    elif kind in ("COPY_CODE", "OTP"):
        if not value:
            raise _required(index, kind)
        if len(value) > CODE_MOST:
            raise GraphError(132018, f"buttons: the code has more than {CODE_MOST} characters.")
        drawn.update(kind="copy_code", code=value, text=button.get("text") or "Copy code")
    return drawn


def _url(index: int, url: str, value: str) -> str:
    names = variables(url)
    if names and not value:
        raise _required(index, "URL")
    return fill(url, {names[0]: value}) if names else url


def _required(index: int, kind: str) -> GraphError:
    return GraphError(
        131008, f"buttons: Button at index {index} of type {kind} requires a parameter"
    )


def _value_of(given: Doc) -> str:
    parameters = _parameters(given)
    if not parameters:
        return ""
    found = parameters[0]
    value = found.get("payload") or found.get("coupon_code") or found.get("text") or ""
    return value if isinstance(value, str) else str(value)
