"""The only place that checks the access token of a call."""

from __future__ import annotations

import hmac

from aiohttp import web

from .graph import GraphError
from .world import World


def authenticate(world: World, request: web.Request) -> None:
    """Raises GraphError 190 unless the bearer (or `access_token`) is the one that is valid."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "oauth"):
        token = request.query.get("access_token", "")
    if not token:
        text = "An access token is required to request this resource."
        raise GraphError(104, status=401, message=text)
    options = world.options
    known = (options.access_token, f"{options.app_id}|{options.app_secret}")
    if not any(hmac.compare_digest(token.strip().encode(), one.encode()) for one in known):
        text = "Invalid OAuth access token - Cannot parse access token"
        raise GraphError(190, message=text)
    if world.settings.token_expired:
        text = "Error validating access token: Session has expired."
        raise GraphError(190, subcode=463, message=text)
