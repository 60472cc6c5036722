"""Where webhooks go: the verification handshake, and the three levels of callback."""

from __future__ import annotations

import secrets
from typing import Any

import aiohttp

from .calls import Call
from .checks import bad
from .graph import GraphError
from .store import Doc
from .world import World

URL_MOST = 200
FIELDS = ["messages", "message_template_status_update", "account_update", "smb_message_echoes"]


async def verify_callback(world: World, url: str, token: str) -> None:
    """Ask `url` to repeat a challenge. Raises GraphError 2200 unless it does."""
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    try:
        async with world.session.get(url, params=query, allow_redirects=False) as answer:
            body, status = (await answer.read())[:300], answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        raise _failed(f"{type(problem).__name__}: {problem}") from problem
    if status != 200:
        raise _failed(f"HTTP Status Code = {status}")
    if body != challenge.encode():
        raise _failed("the answer is not the challenge")


def _failed(why: str) -> GraphError:
    text = f"(#2200) Callback verification failed with the following errors: {why}"
    return GraphError(2200, status=400, message=text)


async def override_of(call: Call, wish: Doc) -> Doc | None:
    """A verified `{override_callback_uri, verify_token}`; None where the wish takes it back."""
    url, token = wish.get("override_callback_uri"), wish.get("verify_token")
    if not url:
        return None
    if not isinstance(url, str) or not isinstance(token, str) or len(url) > URL_MOST:
        raise bad("override_callback_uri (at most 200 characters) and verify_token are needed.")
    await verify_callback(call.world, url, token)
    return {"override_callback_uri": url, "verify_token": token}


def app_callback(world: World) -> Doc:
    """The app's own callback: `url` and `verify_token`."""
    default = {"url": world.options.webhook_url, "verify_token": world.options.verify_token}
    return world.store.get("app", "webhook") or default


async def set_app_callback(world: World, url: str, token: str, *, verify: bool = True) -> None:
    if verify:
        await verify_callback(world, url, token)
    world.store.put("app", "webhook", {"url": url, "verify_token": token})
    world.courier.resume()


def configuration(world: World, number: Doc) -> Doc:
    """`webhook_configuration` of a number: every level that is set."""
    account = world.store.get("accounts", number["account"]) or {}
    levels = {
        "phone_number": (number["webhook"] or {}).get("override_callback_uri"),
        "whatsapp_business_account": (account.get("webhook") or {}).get("override_callback_uri"),
        "application": app_callback(world)["url"],
    }
    return {name: url for name, url in levels.items() if url}


async def get_subscribed_apps(call: Call) -> dict[str, Any]:
    account = call.node_doc()
    return {"data": [_app(call.world, account)] if account["subscribed"] else []}


async def post_subscribed_apps(call: Call) -> dict[str, Any]:
    """Subscribe the app; with `override_callback_uri` and `verify_token` to its own address."""
    account = call.node_doc()
    override = await override_of(call, call.params)
    changed = call.world.store.change("accounts", account["id"], subscribed=True, webhook=override)
    answer: dict[str, Any] = {"success": True}
    if override:
        answer["data"] = [_app(call.world, changed)]
    return answer


async def delete_subscribed_apps(call: Call) -> dict[str, Any]:
    call.world.store.change("accounts", call.node, subscribed=False, webhook=None)
    return {"success": True}


def _app(world: World, account: Doc) -> Doc:
    key = world.options.app_id
    link = f"https://www.facebook.com/games/?app_id={key}"
    facts: Doc = {"whatsapp_business_api_data": {"id": key, "name": "Simulated app", "link": link}}
    if account["webhook"]:
        facts["override_callback_uri"] = account["webhook"]["override_callback_uri"]
    return facts


async def get_subscriptions(call: Call) -> dict[str, Any]:
    url = app_callback(call.world)["url"]
    fields = [{"name": name, "version": "v25.0"} for name in FIELDS]
    one = {"object": "whatsapp_business_account", "callback_url": url, "active": True}
    return {"data": [{**one, "fields": fields}] if url else []}


async def post_subscriptions(call: Call) -> dict[str, Any]:
    """The app's own callback: object, callback_url, verify_token, fields."""
    if call.text("object") != "whatsapp_business_account":
        raise bad("object is not whatsapp_business_account.")
    await set_app_callback(call.world, call.text("callback_url"), call.text("verify_token"))
    return {"success": True}
