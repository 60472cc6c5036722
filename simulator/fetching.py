"""The only place that fetches media that a message names by link."""

from __future__ import annotations

from typing import Any

import aiohttp

from . import threads
from .media_rules import kind_of_mime, plain_mime
from .media_store import keep_media
from .store import Doc
from .world import World

CACHE_S = 600


class MediaNotFetched(Exception):
    """A link could not be loaded, or holds something else than it should."""


async def fetch_links(world: World, message: Doc) -> None:
    """Load each linked file of the message once and let the drawing show our copy."""
    drawn = message["extra"]["drawn"]
    places = [drawn.get("media"), (drawn.get("header") or {}).get("media")]
    places += [(card.get("header") or {}).get("media") for card in drawn.get("cards", [])]
    for media in places:
        if media and media.get("link"):
            media["id"] = await _fetch(world, message["number"], media)
    threads.set_extra(world.store, message, drawn=drawn)


async def _fetch(world: World, number: str, media: dict[str, Any]) -> str:
    link, kind = media["link"], media["kind"]
    fresh = world.clock.real() - CACHE_S
    known = world.store.one(
        "SELECT id FROM media WHERE source = ? AND created > ?", f"link {link}", fresh
    )
    if known:
        return str(known["id"])
    try:
        async with world.session.get(link) as answer:
            if answer.status != 200:
                raise MediaNotFetched(f"Downloading media from the link answered {answer.status}.")
            mime = plain_mime(answer.headers.get("Content-Type", ""))
            content = await answer.read()
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        raise MediaNotFetched(f"The media link could not be loaded: {problem}") from problem
    if kind != "document" and kind_of_mime(mime) != kind:
        raise MediaNotFetched(f"The link holds {mime or 'no known type'}, not {kind}.")
    media["mime"] = mime
    return str(keep_media(world, number, mime, content, source=f"link {link}")["id"])
