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
    source, fresh = f"link {media['link']}", world.clock.real() - CACHE_S
    sql = "SELECT id, mime FROM media WHERE source = ? AND created > ?"
    found = world.store.one(sql, source, fresh)
    if found is None:
        mime, content = await _load(world, media["link"])
        found = keep_media(world, number, mime, content, source=source)
    mime = found["mime"]
    if media["kind"] != "document" and kind_of_mime(mime) != media["kind"]:
        raise MediaNotFetched(f"The link holds {mime or 'no known type'}, not {media['kind']}.")
    return str(found["id"])


async def _load(world: World, link: str) -> tuple[str, bytes]:
    try:
        async with world.session.get(link) as answer:
            if answer.status != 200:
                raise MediaNotFetched(f"Downloading media from the link answered {answer.status}.")
            mime = plain_mime(answer.headers.get("Content-Type", ""))
            return mime, await answer.read()
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        raise MediaNotFetched(f"The media link could not be loaded: {problem}") from problem
