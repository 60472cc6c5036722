"""A location lies on a map where a tile server is configured, and is a link where none is."""

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from inbox.models import Message
from inbox.templatetags.maps import HEIGHT, SIZE, WIDTH, map_tiles, tiles_around

TILES = "https://tiles.sash.test/{z}/{x}/{y}.png"


def drawn(**location: object) -> str:
    message = Message(kind="location", payload={"location": location})
    return render_to_string("inbox/message/_location.html", {"message": message})


def test_the_tiles_cover_the_picture_and_the_known_tile_holds_the_place(
    settings: Settings,
) -> None:
    settings.MAP_TILE_URL = TILES
    tiles = tiles_around(51.5074, -0.1278)
    # London's centre lies in tile 16372/10896 at zoom 15.
    [middle] = [tile for tile in tiles if tile.url == "https://tiles.sash.test/15/16372/10896.png"]
    assert middle.x <= WIDTH / 2 < middle.x + SIZE
    assert middle.y <= HEIGHT / 2 < middle.y + SIZE
    assert min(tile.x for tile in tiles) <= 0
    assert min(tile.y for tile in tiles) <= 0
    assert max(tile.x for tile in tiles) + SIZE >= WIDTH
    assert max(tile.y for tile in tiles) + SIZE >= HEIGHT


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("90", "0"), ("x", "0"), ("", ""), ("0", "181"), ("nan", "0")]
)
def test_what_is_not_on_the_map_has_none(
    latitude: str, longitude: str, settings: Settings
) -> None:
    settings.MAP_TILE_URL = TILES
    assert map_tiles(latitude, longitude) == []


def test_without_a_server_there_are_coordinates_and_a_link() -> None:
    html = drawn(latitude=37.44, longitude=-122.16, name="Coffee <b>")
    assert "<image" not in html
    assert "37.44" in html
    assert "Coffee &lt;b&gt;" in html


def test_with_a_server_the_bubble_shows_the_map(settings: Settings) -> None:
    settings.MAP_TILE_URL = TILES
    html = drawn(latitude=37.44, longitude=-122.16)
    assert html.count("<image") >= 2
    assert 'style="' not in html
