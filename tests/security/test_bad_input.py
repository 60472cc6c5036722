"""What no form of ours sends: NUL, huge numbers, other methods. Refused in words, never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core.metrics import PAGE_SECONDS
from tests.security.conftest import World
from tests.security.test_authorisation import TABLE, arguments, body, url_of

pytestmark = pytest.mark.django_db
HUGE = [2**31, 2**63 - 1, 2**63, 2**64, 10**30, int("9" * 4000)]
FIELDS = [
    "q",
    "in",
    "before",
    "after",
    "since",
    "known",
    "filter",
    "label",
    "sort",
    "message",
    "phone",
    "contact",
    "channel",
    "language",
    "is_granted",
    "purposes",
    "said_on",
    "wording",
    "part",
    "to",
    "note",
    "user",
    "role",
    "reason",
    "next",
    "until",
    "priority",
    "seen",
    "state",
    "conversation",
    "do",
    "text",
    "mode",
    "quoted",
    "name",
    "emoji",
    "resend",
    "template",
    "kind",
    "email",
    "company",
    "notes",
    "lift",
    "client_uuid",
    "time_zone",
    "theme",
    "login",
    "password",
    "location.name",
    "location.latitude",
    "contacts.0.name",
    "contacts.0.phone",
    "interactive.type",
    "interactive.body",
    "interactive.buttons.0.title",
    "values.body.1",
    "column.phone",
]
WORDS = {
    "nul": "a\0b", "nul alone": "\0", "huge": "9" * 20, "endless": "9" * 5000,
    "surrogate": "\udfff".encode("utf-8", "surrogatepass"), "digits": "٣٤", "minus": "-1",
    "list": "1,2,9999999999999999999999", "pair": "team-9999999999999999999",
    "user": "user-99999999999999999999", "key": "99999999999999999.9999999999999999999",
    "float": "1e999", "nan": "nan", "date": "9999-12-31T23:59:59.999999+00:00",
    "year": "0001-01-01T00:00:00+14:00", "sql": "1' OR '1'='1'; --", "like": "%_\\",
    "tsquery": "a & | ! <-> :* ( \\ ' \"",
}  # fmt: skip
NAMES = sorted(name for name in TABLE if not name.startswith(("account_", "mfa_", "usersessions")))


def ask_all(client: Client, world: World, name: str, method: str, data: dict[str, Any]) -> int:
    headers = {"HX-Request": "true", "HX-Target": "x"}
    url = url_of(name, world)
    if method in {"GET", "POST"}:
        return int(getattr(client, method.lower())(url, data, headers=headers).status_code)
    return int(client.generic(method, url, query_params=data, headers=headers).status_code)


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_strange_words_in_every_field_of_every_address(kind: str, world: World) -> None:
    client = world.client("sofia")
    client.raise_request_exception = False
    broken = [
        f"{method} {name} {sorted(data)}"
        for name in NAMES
        for method in TABLE[name]
        for data in fillings(name, method, WORDS[kind], world)
        if ask_all(client, world, name, method, data) >= 500
    ]
    assert not broken


def fillings(name: str, method: str, word: Any, world: World) -> list[dict[str, Any]]:
    """All fields at once, and each known one of the form alone with the others right."""
    right = body(name, method, world)
    return [dict.fromkeys(FIELDS, word), *({**right, key: word} for key in right)]


@pytest.mark.parametrize("huge", HUGE, ids=lambda huge: str(huge)[:12])
def test_a_number_that_no_row_has_is_not_found(huge: int, world: World) -> None:
    client = world.client("omar")
    client.raise_request_exception = False
    for name in NAMES:
        given = arguments(name, world)
        wanted = {key: value for key, value in given.items() if isinstance(value, int)}
        url = url_of(name, world)
        for value in wanted.values():
            for method in TABLE[name]:
                strange = url.replace(f"/{value}/", f"/{huge}/")
                if strange != url:
                    status = client.generic(method, strange).status_code
                    # That one only leads on, to an address that is asked here too.
                    assert status == 404 or name == "conversation", (method, name)


@pytest.mark.parametrize("path", ["/inbox/all%00/", "/%00", "/account/invitations/a%00b/"])
def test_a_strange_path_is_not_found(path: str, world: World) -> None:
    client = world.client("omar")
    client.raise_request_exception = False
    assert client.get(path).status_code in {400, 404, 410}


@pytest.mark.parametrize(
    "value", [r'"abcdefgh\000ijkl"', "x" * 5000, "\ud800".encode("utf-8", "surrogatepass")]
)
def test_a_strange_cookie_is_no_session(value: Any, world: World) -> None:
    client = Client(raise_request_exception=False)
    text = value if isinstance(value, str) else value.decode("latin-1")
    client.cookies.clear()
    answer = client.get(
        "/inbox/mine/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={text}; sash-csrf={text}"
    )
    assert answer.status_code in {302, 400}


def test_made_up_methods_fill_no_memory(world: World) -> None:
    client = world.client("ana")
    for number in range(5):
        client.generic(f"QUETZAL{number}", "/counts/")
    methods = {
        sample.labels.get("method")
        for metric in PAGE_SECONDS.collect()
        for sample in metric.samples
    }
    assert not any(str(method).startswith("QUETZAL") for method in methods)


@pytest.mark.parametrize(
    "wanted",
    ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=0-" + "9" * 5000, "bytes=٣-"],
)
def test_an_endless_range_is_no_failure(wanted: str, world: World) -> None:
    client = world.client("ana")
    client.raise_request_exception = False
    url = reverse("attachment", args=[world.attachment.pk])
    assert client.get(url, HTTP_RANGE=wanted).status_code in {200, 206, 416}


def test_a_wrong_metrics_token_of_any_letters_is_refused(world: World, settings: Any) -> None:
    settings.METRICS_TOKEN = "token"
    for token in ("Bearer é", "Bearer ", "Bearer wrong", "Basic token"):
        assert Client().get("/metrics", HTTP_AUTHORIZATION=token).status_code == 403
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer token").status_code == 200
