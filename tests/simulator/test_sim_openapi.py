"""The answers against Meta's own description of the API.

It lies beside the repository; where it does not, these tests say so and are left out.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.simulator.simulated import ACCOUNT, BRAZIL, MARINA, VERIFY, Simulated

SHARED = Path(__file__).resolve().parents[3] / "shared" / "whatsapp"
SPEC = SHARED / "openapi" / "business-messaging-api_v23.0.yaml"
Json = dict[str, Any]
pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not SPEC.exists(), reason="Meta's OpenAPI description is not beside us."),
]

EXAMPLES = {
    "example", "url", "phone_number", "header_handle", "body_text", "body_text_named_params",
}  # fmt: skip
# Where the newer documentation stands against the description of 2025, by its page.
NEWER: dict[str, set[str]] = {
    "messages": {"user_id"},  # "Business-scoped user IDs"
    "block_users": {"wa_id"},
    "phone": {"platform_type", "throughput", "webhook_configuration"},  # "About the platform"
    "phone_numbers": {"platform_type", "throughput", "webhook_configuration"},
    "message_templates": {"parameter_format", "previous_category", *EXAMPLES},
    "template": {"parameter_format", *EXAMPLES},
    "subscribed_apps": {"whatsapp_business_api_data"},  # as in Meta's own sample beside it
    "account": {"message_template_namespace", "business_verification_status"},
}
# "Phone numbers" and every live answer say CONNECTED; the description's list has LINKED instead.
CONTRADICTED = "'CONNECTED' is not one of"


@cache
def spec() -> Json:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(SPEC.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - safe


def schema_of(method: str, path: str, status: int) -> Json:
    """The description of an answer, by reference into the whole."""
    pointer = f"#/paths/{path.replace('/', '~1')}/{method.lower()}/responses/{status}"
    node = spec()["paths"][path][method.lower()]["responses"]
    answer = node.get(str(status), node.get(status))
    if "$ref" in answer:
        pointer = answer["$ref"]
    return {"$ref": f"urn:spec{pointer}/content/application~1json/schema"}


def validator(schema: Json) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(
        "urn:spec", Resource.from_contents(spec(), default_specification=DRAFT202012)
    )
    return Draft202012Validator(schema, registry=registry)


def resolved(schema: Json) -> Json:
    """The schema behind a chain of references."""
    while "$ref" in schema:
        node: Any = spec()
        for part in schema["$ref"].partition("#/")[2].split("/"):
            part = part.replace("~1", "/")
            node = node.get(part, node.get(int(part)) if part.isdigit() else None)
        schema = node
    return schema


def strangers(value: Any, schema: Json) -> set[str]:
    """Keys of the answer that the description does not know."""
    schema = resolved(schema)
    if isinstance(value, list):
        return set().union(*(strangers(one, schema.get("items", {})) for one in value))
    if not isinstance(value, dict):
        return set()
    options = [*schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]
    known: Json = dict(schema.get("properties", {}))
    for option in options:
        known.update(resolved(option).get("properties", {}))
    if not known:
        return set()
    found = set(value) - set(known)
    return found.union(*(strangers(value[key], known[key]) for key in value if key in known))


PHONE, WABA = "/{Version}/{Phone-Number-ID}", "/{Version}/{WABA-ID}"
TEXT = {"messaging_product": "whatsapp", "to": MARINA, "type": "text", "text": {"body": "Hi"}}
TEMPLATE = {
    "name": "order_news",
    "language": "en_US",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Your order moved."}],
}
BLOCK = {"messaging_product": "whatsapp", "block_users": [{"user": MARINA}]}
CALLS: list[tuple[str, str, str, str, Any]] = [
    ("messages", "POST", f"{PHONE}/messages", f"/{BRAZIL}/messages", TEXT),
    ("phone", "GET", PHONE, f"/{BRAZIL}", None),
    ("phone", "POST", PHONE, f"/{BRAZIL}", {"search_visibility": "VISIBLE"}),
    ("register", "POST", f"{PHONE}/register", f"/{BRAZIL}/register",
     {"messaging_product": "whatsapp", "pin": "123456"}),
    ("deregister", "POST", f"{PHONE}/deregister", f"/{BRAZIL}/deregister", {}),
    ("settings", "GET", f"{PHONE}/settings", f"/{BRAZIL}/settings", None),
    ("settings", "POST", f"{PHONE}/settings", f"/{BRAZIL}/settings",
     {"calling": {"status": "disabled"}}),
    ("profile", "POST", f"{PHONE}/whatsapp_business_profile",
     f"/{BRAZIL}/whatsapp_business_profile", {"messaging_product": "whatsapp", "about": "Hi"}),
    ("block_users", "POST", f"{PHONE}/block_users", f"/{BRAZIL}/block_users", BLOCK),
    ("block_users", "GET", f"{PHONE}/block_users", f"/{BRAZIL}/block_users", None),
    ("block_users", "DELETE", f"{PHONE}/block_users", f"/{BRAZIL}/block_users", BLOCK),
    ("phone_numbers", "GET", f"{WABA}/phone_numbers", f"/{ACCOUNT}/phone_numbers?fields=id,"
     "display_phone_number,verified_name,status,quality_rating,country_code,account_mode,"
     "code_verification_status,is_official_business_account", None),
    ("phone_numbers", "POST", f"{WABA}/phone_numbers", f"/{ACCOUNT}/phone_numbers",
     {"cc": "1", "phone_number": "6315551000", "verified_name": "New"}),
    ("message_templates", "GET", f"{WABA}/message_templates",
     f"/{ACCOUNT}/message_templates?limit=50", None),
    ("message_templates", "POST", f"{WABA}/message_templates",
     f"/{ACCOUNT}/message_templates", TEMPLATE),
    ("message_templates", "DELETE", f"{WABA}/message_templates",
     f"/{ACCOUNT}/message_templates?name=hello_world", None),
    ("template", "GET", "/{Version}/{TEMPLATE_ID}", "/{template}", None),
    ("template", "POST", "/{Version}/{TEMPLATE_ID}", "/{template}",
     {"components": TEMPLATE["components"]}),
    ("subscribed_apps", "GET", f"{WABA}/subscribed_apps", f"/{ACCOUNT}/subscribed_apps", None),
    ("subscribed_apps", "POST", f"{WABA}/subscribed_apps", f"/{ACCOUNT}/subscribed_apps", {}),
    ("subscribed_apps", "DELETE", f"{WABA}/subscribed_apps",
     f"/{ACCOUNT}/subscribed_apps", None),
    ("account", "GET", WABA, f"/{ACCOUNT}?fields=id,name,country,account_review_status,"
     "business_verification_status,ownership_type,timezone_id,currency", None),
    ("account", "POST", WABA, f"/{ACCOUNT}", {"name": "Other"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "method", "path", "address", "body"),
    CALLS,
    ids=[f"{one[1]}-{one[0]}" for one in CALLS],
)
async def test_an_answer_is_as_meta_describes_it(
    sim: Simulated, name: str, method: str, path: str, address: str, body: Any
) -> None:
    await sim.write()
    if name == "block_users" and method != "POST":
        await sim.graph("POST", f"/{BRAZIL}/block_users", BLOCK)
    _, found = await sim.graph("GET", f"/{ACCOUNT}/message_templates?name=order_confirmation")
    address = address.replace("{template}", found["data"][0]["id"])
    status, answer = await sim.graph(method, address, body)
    assert status == 200, answer
    schema = schema_of(method, path, 200)
    problems = {problem.message for problem in validator(schema).iter_errors(answer)}
    assert {one for one in problems if not one.startswith(CONTRADICTED)} == set()
    assert strangers(answer, schema) <= NEWER.get(name, set()) | {"next", "previous"}


async def test_uploads_and_lookups_are_as_meta_describes_them(sim: Simulated) -> None:
    _, made = await sim.upload(b"\xff\xd8\xff" + b"0" * 40, "image/jpeg")
    _, facts = await sim.graph("GET", f"/{made['id']}")
    _, gone = await sim.graph("DELETE", f"/{made['id']}")
    for answer, method, path in (
        (made, "POST", f"{PHONE}/media"),
        (facts, "GET", "/{Version}/{Media-ID}"),
        (gone, "DELETE", "/{Version}/{Media-ID}"),
    ):
        schema = schema_of(method, path, 200)
        validator(schema).validate(answer)
        assert strangers(answer, schema) == set()


async def test_codes_are_asked_for_and_verified_as_meta_describes_it(sim: Simulated) -> None:
    wish = {"cc": "1", "phone_number": "6315551000", "verified_name": "New"}
    _, made = await sim.graph("POST", f"/{ACCOUNT}/phone_numbers", wish)
    ask = {"code_method": "VOICE", "language": "en_US"}
    _, asked = await sim.graph("POST", f"/{made['id']}/request_code", ask)
    validator(schema_of("POST", f"{PHONE}/request_code", 200)).validate(asked)
    code = sim.world.number(made["id"])["code"]
    _, verified = await sim.graph("POST", f"/{made['id']}/verify_code", {"code": code})
    validator(schema_of("POST", f"{PHONE}/verify_code", 200)).validate(verified)


async def test_a_profile_has_what_meta_describes(sim: Simulated) -> None:
    """The description puts it one level deeper than every page of the documentation."""
    _, answer = await sim.graph("GET", f"/{BRAZIL}/whatsapp_business_profile")
    schema = {"$ref": "urn:spec#/components/schemas/WhatsAppBusinessProfile"}
    validator(schema).validate(answer["data"][0])
    assert strangers(answer["data"][0], schema) == set()


async def test_errors_are_as_meta_describes_them(sim: Simulated) -> None:
    wish = {"messaging_product": "whatsapp", "pin": "1"}
    _, refused = await sim.graph("POST", f"/{BRAZIL}/register", wish)
    _, unknown = await sim.graph("GET", f"/{BRAZIL}", token="wrong")
    validator(schema_of("POST", f"{PHONE}/register", 400)).validate(refused)
    validator(schema_of("GET", PHONE, 401)).validate(unknown)


async def test_an_override_is_answered_with_its_address(sim: Simulated) -> None:
    url = sim.world.store.get("app", "webhook")["url"]
    wish = {"override_callback_uri": url, "verify_token": VERIFY}
    _, answer = await sim.graph("POST", f"/{ACCOUNT}/subscribed_apps", wish)
    validator(schema_of("POST", f"{WABA}/subscribed_apps", 200)).validate(answer)
