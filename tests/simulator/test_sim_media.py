"""Media: up, down, how long, how big, and by link."""

from __future__ import annotations

import base64
import hashlib

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestServer

from tests.simulator.simulated import APP, BRAZIL, TOKEN, Simulated, make_world

pytestmark = pytest.mark.asyncio
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 20


async def test_a_file_goes_up_is_looked_up_comes_down_and_goes(sim: Simulated) -> None:
    status, made = await sim.upload(JPEG, "image/jpeg", "photo.jpg")
    assert status == 200
    assert list(made) == ["id"]
    _, facts = await sim.graph("GET", f"/{made['id']}?phone_number_id={BRAZIL}")
    assert facts["messaging_product"] == "whatsapp"
    assert facts["mime_type"] == "image/jpeg"
    assert facts["file_size"] == str(len(JPEG))
    assert facts["sha256"] == hashlib.sha256(JPEG).hexdigest()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with sim.session.get(facts["url"], headers=headers) as answer:
        assert (answer.status, await answer.read()) == (200, JPEG)
        assert answer.content_type == "image/jpeg"
    assert await sim.graph("DELETE", f"/{made['id']}") == (200, {"success": True})
    status, answer = await sim.graph("GET", f"/{made['id']}")
    assert (status, answer["error"]["code"]) == (400, 100)


async def test_another_number_does_not_find_it(sim: Simulated) -> None:
    _, made = await sim.upload(JPEG, "image/jpeg")
    status, _ = await sim.graph("GET", f"/{made['id']}?phone_number_id=1")
    assert status == 400


async def test_a_download_needs_the_token_and_an_unchanged_link(sim: Simulated) -> None:
    _, made = await sim.upload(JPEG, "image/jpeg")
    _, facts = await sim.graph("GET", f"/{made['id']}")
    async with sim.session.get(facts["url"]) as answer:
        assert answer.status == 401
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with sim.session.get(facts["url"] + "0", headers=headers) as answer:
        assert answer.status == 404


async def test_a_link_lives_five_minutes_and_received_media_seven_days(sim: Simulated) -> None:
    form = FormData()
    form.add_field("file", JPEG, filename="a.jpg", content_type="image/jpeg")
    _, written = await sim.ask("POST", "/_sim/customers/marina/files", form)
    key = written["drawn"]["media"]["id"]
    _, facts = await sim.graph("GET", f"/{key}")
    start = sim.world.clock.real()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for age, path, expected in (
        (299, facts["url"], 200),
        (301, facts["url"], 404),
        (7 * 86_400 - 60, f"{sim.base}/v23.0/{key}", 200),
        (7 * 86_400 + 60, f"{sim.base}/v23.0/{key}", 400),
    ):
        sim.world.clock._source = lambda at=start + age: at
        async with sim.session.get(path, headers=headers) as answer:
            assert answer.status == expected, age


@pytest.mark.parametrize(
    ("mime", "size", "code"),
    [
        ("image/jpeg", 5 * 1024**2, 0),
        ("image/jpeg", 5 * 1024**2 + 1, 131053),
        ("audio/ogg", 16 * 1024**2 + 1, 131053),
        ("video/mp4", 16 * 1024**2, 0),
        ("application/pdf", 16 * 1024**2 + 1, 0),
        ("image/webp", 100 * 1024, 0),
        ("image/webp", 100 * 1024 + 1, 131053),
        ("image/gif", 10, 100),
        ("text/html", 10, 100),
    ],
)
async def test_types_and_sizes_are_whatsapps(
    sim: Simulated, mime: str, size: int, code: int
) -> None:
    status, answer = await sim.upload(b"0" * size, mime)
    assert answer.get("error", {}).get("code", 0) == code
    assert (status == 200) is (code == 0)


async def test_a_moving_sticker_may_be_bigger(sim: Simulated) -> None:
    moving = b"RIFF0000WEBPVP8X\x0a\0\0\0\x02" + b"0" * 400_000
    assert (await sim.upload(moving, "image/webp"))[0] == 200


async def test_a_file_cannot_be_sent_as_another_kind(sim: Simulated) -> None:
    await sim.write()
    _, made = await sim.upload(JPEG, "image/jpeg")
    status, answer = await sim.send(type="audio", audio={"id": made["id"]})
    assert (status, answer["error"]["code"]) == (400, 131053)
    await sim.sent(type="document", document={"id": made["id"], "filename": "a.jpg"})


async def test_a_customers_file_arrives_with_hash_and_address(sim: Simulated) -> None:
    form = FormData()
    form.add_field("number", BRAZIL)
    form.add_field("caption", "Look")
    form.add_field("file", JPEG, filename="a.jpg", content_type="image/jpeg")
    status, _ = await sim.ask("POST", "/_sim/customers/marina/files", form)
    assert status == 201
    await sim.business.until(sim.business.messages)
    image = sim.business.messages()[0]["image"]
    assert image["caption"] == "Look"
    assert image["mime_type"] == "image/jpeg"
    assert base64.b64decode(image["sha256"]) == hashlib.sha256(JPEG).digest()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with sim.session.get(image["url"], headers=headers) as answer:
        assert await answer.read() == JPEG


async def test_a_voice_note_and_a_document_carry_their_own_keys(sim: Simulated) -> None:
    for mime, more in (("audio/ogg", {"voice": "true"}), ("application/pdf", {})):
        form = FormData({"number": BRAZIL, **more})
        form.add_field("file", b"OggS0000", filename="voice.ogg", content_type=mime)
        await sim.ask("POST", "/_sim/customers/marina/files", form)
    await sim.business.until(lambda: len(sim.business.messages()) == 2)
    voice, paper = sim.business.messages()
    assert voice["audio"]["voice"] is True
    assert paper["document"]["filename"] == "voice.ogg"


async def test_media_by_link_are_fetched_and_failures_fail_the_message(sim: Simulated) -> None:
    app = web.Application()
    fetched: list[str] = []

    async def picture(request: web.Request) -> web.Response:
        fetched.append(request.path)
        return web.Response(body=JPEG, content_type="image/jpeg")

    app.router.add_get("/a.jpg", picture)
    server = TestServer(app)
    await server.start_server()
    await sim.write()
    good = {"link": str(server.make_url("/a.jpg"))}
    for _ in range(2):
        await sim.wait_for(await sim.sent(type="image", image=good), "read")
    assert fetched == ["/a.jpg"]
    wrong = await sim.sent(type="video", video=good)
    lost = await sim.sent(type="image", image={"link": str(server.make_url("/no.jpg"))})
    for wamid in (wrong, lost):
        failed = await sim.wait_for(wamid, "failed")
        assert failed["errors"][0]["code"] == 131053
    await server.close()


async def test_the_phone_shows_a_picture_but_only_saves_a_page(sim: Simulated) -> None:
    kinds = {}
    for name, mime in (
        ("a.jpg", "image/jpeg"),
        ("a.html", "text/html"),
        ("a.svg", "image/svg+xml"),
    ):
        form = FormData({"number": BRAZIL})
        form.add_field("file", b"<script>1</script>", filename=name, content_type=mime)
        _, written = await sim.ask("POST", "/_sim/customers/marina/files", form)
        address = f"{sim.base}/phone/media/{written['drawn']['media']['id']}"
        async with sim.session.get(address) as answer:
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            kinds[name] = (answer.content_type, answer.headers["Content-Disposition"])
    saved = ("application/octet-stream", "attachment")
    assert kinds == {"a.jpg": ("image/jpeg", "inline"), "a.html": saved, "a.svg": saved}


async def test_a_resumable_upload_gives_a_handle(sim: Simulated) -> None:
    query = f"file_length={len(JPEG)}&file_type=image/jpeg&file_name=a.jpg"
    _, started = await sim.graph("POST", f"/{APP}/uploads?{query}")
    key = started["id"]
    assert key.startswith("upload:")
    headers = {"Authorization": f"OAuth {TOKEN}"}

    async def put(content: bytes, offset: int) -> dict[str, object]:
        url, more = f"{sim.base}/v23.0/{key}", {"file_offset": str(offset)}
        async with sim.session.post(url, data=content, headers=headers | more) as answer:
            return dict(await answer.json())

    assert await put(JPEG[:30], 0) == {"file_offset": 30}
    assert (await sim.graph("GET", f"/{key}"))[1] == {"id": key, "file_offset": 30}
    handle = str((await put(JPEG[30:], 30))["h"])
    assert handle.startswith("4::")
    profile = {"messaging_product": "whatsapp", "profile_picture_handle": handle}
    await sim.graph("POST", f"/{BRAZIL}/whatsapp_business_profile", profile)
    _, found = await sim.graph("GET", f"/{BRAZIL}/whatsapp_business_profile")
    async with sim.session.get(found["data"][0]["profile_picture_url"]) as answer:
        assert await answer.read() == JPEG


async def test_media_outlive_a_new_start(tmp_path: object) -> None:
    path = f"{tmp_path}/a folder/sim.sqlite3"
    world = make_world(data=path)
    sql = "INSERT INTO media (id, mime, content, expires) VALUES ('1', 'image/jpeg', ?, 1e12)"
    world.store.run(sql, JPEG)
    world.store.close()
    again = make_world(data=path)
    row = again.store.one("SELECT content FROM media WHERE id = '1'")
    assert row is not None
    assert row["content"] == JPEG
    again.store.close()
