"""Message templates of the Graph API: list, create, read, edit, delete."""

from __future__ import annotations

import secrets
from typing import Any

from .calls import Call, missing
from .clock import DAY
from .graph import GraphError
from .health import template_health
from .paging import chosen, page_of
from .store import Doc
from .template_reviews import await_review, tell_components, tell_deleted
from .template_rules import check_template, clean_components, invalid
from .template_text import component

FIELDS = ("name", "parameter_format", "components", "language", "status", "category", "id")
LISTED = (*FIELDS, "sub_category", "previous_category", "message_send_ttl_seconds")
FILTERS = ("status", "category", "language", "name")
EDITABLE = ("APPROVED", "REJECTED", "PAUSED")
TEMPLATES_MOST = 6000
NAME_BLOCKED_DAYS = 30
HIDDEN = ("account", "edits", "pauses", "submitted")


async def get_templates(call: Call) -> dict[str, Any]:
    """Filters: status, category, language, name, name_or_content, quality_score."""
    account = call.node_doc()["id"]
    found = [
        template
        for template in call.world.store.list("templates")
        if template["account"] == account and _matches(template, dict(call.request.query))
    ]
    listed = page_of(call, found)
    data = [chosen(call, _public(call, one), LISTED) for one in listed["data"]]
    return {**listed, "data": data}


def _matches(template: Doc, query: dict[str, str]) -> bool:
    for name in FILTERS:
        if name in query and template[name].lower() not in _values(query[name]):
            return False
    score = query.get("quality_score")
    if score and template["quality_score"]["score"].lower() not in _values(score):
        return False
    text = query.get("name_or_content", "").lower()
    content = " ".join(one.get("text", "") for one in template["components"])
    return text in f"{template['name']} {content}".lower()


def _values(text: str) -> list[str]:
    """`APPROVED`, `APPROVED,PAUSED` or `["APPROVED"]`."""
    return [value.strip(' []"').lower() for value in text.split(",")]


def _public(call: Call, template: Doc) -> Doc:
    doc = {name: value for name, value in template.items() if name not in HIDDEN and value != ""}
    return {**doc, "health_status": template_health(call.world, template)}


async def get_template(call: Call) -> dict[str, Any]:
    return chosen(call, _public(call, call.node_doc()), FIELDS)


async def post_templates(call: Call) -> dict[str, Any]:
    """Create one and send it in for review."""
    store, account = call.world.store, call.node_doc()["id"]
    for name in ("name", "language", "category", "components"):
        if not call.params.get(name):
            raise missing(name)
    template = _new(call, account)
    check_template(template)
    mine = [one for one in store.list("templates") if one["account"] == account]
    if any(_same(one, template) for one in mine):
        text = f"Content in this language already exists for {template['name']}."
        raise invalid(text, 2388024)
    if len(mine) >= TEMPLATES_MOST:
        raise invalid("The account has its most templates.", 2388019)
    _check_name_is_free(call, account, template["name"])
    store.put("templates", template["id"], template)
    call.world.hub.publish("changed", what="templates")
    await_review(call.world, template)
    wanted = ("id", "status", "category")
    return {name: template[name] for name in wanted}


def _new(call: Call, account: str) -> Doc:
    given = call.params
    form = str(given.get("parameter_format") or "POSITIONAL").upper()
    template = {
        "id": str(secrets.randbelow(9 * 10**15) + 10**15),
        "account": account,
        "name": str(given["name"]),
        "language": str(given["language"]),
        "category": str(given["category"]).upper(),
        "parameter_format": form,
        "components": clean_components(given["components"]),
        "status": "PENDING",
        "submitted": True,
        "rejected_reason": "NONE",
        "previous_category": "",
        "quality_score": {"score": "UNKNOWN", "date": int(call.world.clock.now())},
        "edits": [],
    }
    if ttl := given.get("message_send_ttl_seconds"):
        template["message_send_ttl_seconds"] = ttl
    if template["category"] == "AUTHENTICATION":
        _write_fixed_text(template)
    return template


def _write_fixed_text(template: Doc) -> None:
    """Authentication templates have a text of Meta's: code, and maybe how long it lasts."""
    body, footer = component(template, "BODY"), component(template, "FOOTER")
    more = " For your security, do not share this code."
    body["text"] = "{{1}} is your verification code."
    body["text"] += more if body.get("add_security_recommendation") else ""
    if footer.get("code_expiration_minutes"):
        footer["text"] = f"This code expires in {footer['code_expiration_minutes']} minutes."


def _same(one: Doc, other: Doc) -> bool:
    return bool((one["name"], one["language"]) == (other["name"], other["language"]))


def _check_name_is_free(call: Call, account: str, name: str) -> None:
    deleted = call.world.store.get("deleted", f"{account} {name}")
    if deleted and deleted["at"] > call.world.clock.real() - NAME_BLOCKED_DAYS * DAY:
        raise invalid(f"{name} was deleted; its name is free again 30 days later.", 2388023)


async def post_template(call: Call) -> dict[str, Any]:
    """Edit: all components, and the category where it is not approved."""
    template, world = call.node_doc(), call.world
    if template["status"] not in EDITABLE:
        raise invalid(f"A template that is {template['status']} cannot be edited.")
    changed = dict(template)
    if given := call.params.get("components"):
        changed["components"] = clean_components(given)
    if category := call.params.get("category"):
        changed["category"] = str(category).upper()
    approved = template["status"] == "APPROVED"
    if approved and changed["category"] != template["category"]:
        raise invalid("The category of an approved template cannot change.")
    check_template(changed)
    now = world.clock.real()
    if approved:
        changed["edits"] = _counted_edits(template, now)
    else:
        changed.update(status="PENDING", submitted=True)
    changed["last_updated_time"] = int(world.clock.now())
    world.store.put("templates", template["id"], changed)
    tell_components(world, changed)
    if not approved:
        await_review(world, changed)
    return {"success": True}


def _counted_edits(template: Doc, now: float) -> list[float]:
    recent = [at for at in template["edits"] if at > now - 30 * DAY]
    if len(recent) >= 10 or any(at > now - DAY for at in recent):
        raise invalid("An approved template: 1 edit in 24 hours, 10 in 30 days.")
    return [*recent, now]


async def delete_templates(call: Call) -> dict[str, Any]:
    """By `name`: every language; with `hsm_id` as well: that one."""
    world, account, name = call.world, call.node_doc()["id"], call.text("name")
    key = call.text("hsm_id", required=False)
    found = [
        template
        for template in world.store.list("templates")
        if (template["account"], template["name"]) == (account, name)
        and key in ("", template["id"])
    ]
    if not found:
        raise GraphError(100, "There is no such template.", subcode=2593002)
    if any(template["status"] == "DISABLED" for template in found):
        raise invalid("A disabled template cannot be deleted.")
    for template in found:
        world.store.delete("templates", template["id"])
        tell_deleted(world, template)
        if template["status"] == "APPROVED" and not key:
            now = world.clock.real()
            world.store.put("deleted", f"{account} {name}", {"at": now})
    world.hub.publish("changed", what="templates")
    return {"success": True}
