"""Meta's own sample requests: each is taken, or refused for a reason that is named.

They lie beside the repository; where they do not, these tests say so and are left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.simulated import BRAZIL, MARINA, Simulated

SHARED = Path(__file__).resolve().parents[3] / "shared" / "whatsapp"
SAMPLES = SHARED / "fixtures" / "meta-openapi"
Json = dict[str, Any]
pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not SAMPLES.exists(), reason="Meta's samples are not beside us."),
]

PREFIX = "POST.Phone-Number-ID.messages.REQ."
# What stands in angle or curly brackets in Meta's samples, as this platform has it.
FILLED = {
    "{{Recipient-Phone-Number}}": MARINA,
    "{{Recipient-WA-Phone-Number}}": MARINA,
    "16315555555": MARINA,
    "+16505551234": MARINA,
    "<HEADER_TYPE>": "text",
}
NO_TEMPLATE = "132001: the platform has no template of that name"
BAD_LINK = "131009: the sample's link is no address"
REFUSED: dict[str, str] = {
    "Send_Audio_Message_by_URL": BAD_LINK,
    "Send_Document_Message_by_URL": BAD_LINK,
    "Send_Image_Message_by_URL": BAD_LINK,
    "Send_Sticker_Message_by_URL": BAD_LINK,
    "Send_Video_Message_by_URL": BAD_LINK,
    "Send_Reply_to_Audio_Message_by_URL": BAD_LINK,
    "Send_Reply_to_Document_Message_by_URL": BAD_LINK,
    "Send_Reply_to_Image_Message_by_URL": BAD_LINK,
    "Send_Reply_to_Sticker_Message_by_URL": BAD_LINK,
    "Send_Reply_to_Video_Message_by_URL": BAD_LINK,
    "Send_Catalog_Template_Message": NO_TEMPLATE,
    "Send_Flow_Template_Message": NO_TEMPLATE,
    "Send_Message_Template_Interactive": NO_TEMPLATE,
    "Send_Message_Template_Media": NO_TEMPLATE,
    "Send_Message_Template_Text": NO_TEMPLATE,
    "Send_Sample_Issue_Resolution_Template": NO_TEMPLATE,
    "Send_Sample_Shipping_Confirmation_Template": NO_TEMPLATE,
    "Send_Reply_to_List_Message": "100: the sample has no type",
}
MEDIA_KINDS = {
    "audio": "audio/ogg",
    "document": "application/pdf",
    "image": "image/jpeg",
    "sticker": "image/webp",
    "video": "video/mp4",
}


def samples() -> list[str]:
    return sorted(path.name[len(PREFIX) : -5] for path in SAMPLES.glob(f"{PREFIX}*.json"))


async def fill(sim: Simulated, sample: Json) -> Json:
    """The sample with this platform's customer, a file of the right kind, and a real message."""
    text = json.dumps(sample)
    for placeholder, value in FILLED.items():
        text = text.replace(placeholder, value)
    whole: Json = json.loads(text)
    kind = whole.get("type", "")
    if kind in MEDIA_KINDS and "id" in whole[kind]:
        _, made = await sim.upload(b"0" * 50, MEDIA_KINDS[kind])
        whole[kind]["id"] = made["id"]
    if whole.get("status") == "read":
        whole["message_id"] = (await sim.write())["id"]
    return whole


@pytest.mark.parametrize("name", samples())
async def test_metas_sample_request_is_taken_or_refused_for_its_reason(
    sim: Simulated, name: str
) -> None:
    await sim.write()
    sample = json.loads((SAMPLES / f"{PREFIX}{name}.json").read_text(encoding="utf-8"))
    status, answer = await sim.graph("POST", f"/{BRAZIL}/messages", await fill(sim, sample))
    expected = REFUSED.get(name, "")
    code = str(answer.get("error", {}).get("code", ""))
    assert (status == 200, code) == (not expected, expected.partition(":")[0]), answer


async def test_the_list_of_refused_samples_names_only_samples() -> None:
    assert set(REFUSED) <= set(samples())
    assert len(samples()) > 40
