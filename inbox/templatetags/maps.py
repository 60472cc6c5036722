"""A place on a map: a few tiles of the configured server as one picture, without a script.

Web Mercator's tile arithmetic (OpenStreetMap wiki, "Slippy map tilenames"). Without
SASH_MAP_TILE_URL there is no map, and the bubble shows coordinates and a link.
"""

import math
from dataclasses import dataclass

from django import template
from django.conf import settings

register = template.Library()

ZOOM = 15
SIZE = 256
WIDTH, HEIGHT = 320, 160
NORTHMOST = 85.0511  # where the square map of Web Mercator ends


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture and where its corner lies in the map's own pixels."""

    url: str
    x: int
    y: int


@register.simple_tag
def map_tiles(latitude: str, longitude: str) -> list[Tile]:
    """The tiles around a place in the middle; none without a server or for nonsense."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return []
    is_on_map = abs(north) <= NORTHMOST and abs(east) <= 180
    return tiles_around(north, east) if settings.MAP_TILE_URL and is_on_map else []


def tiles_around(north: float, east: float) -> list[Tile]:
    """Every tile that the picture touches."""
    across = 2**ZOOM
    middle_x = (east + 180) / 360 * across * SIZE
    middle_y = (1 - math.asinh(math.tan(math.radians(north))) / math.pi) / 2 * across * SIZE
    left, top = middle_x - WIDTH / 2, middle_y - HEIGHT / 2
    columns = range(math.floor(left / SIZE), math.floor((left + WIDTH) / SIZE) + 1)
    rows = range(math.floor(top / SIZE), math.floor((top + HEIGHT) / SIZE) + 1)
    return [
        Tile(tile_url(column % across, row), round(column * SIZE - left), round(row * SIZE - top))
        for row in rows
        if 0 <= row < across
        for column in columns
    ]


def tile_url(column: int, row: int) -> str:
    """The address of one tile, by the usual {z}/{x}/{y} of the setting."""
    url: str = settings.MAP_TILE_URL
    return url.replace("{z}", str(ZOOM)).replace("{x}", str(column)).replace("{y}", str(row))
