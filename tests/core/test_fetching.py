"""Where a file may be fetched from: the list alone, never a private network."""

from __future__ import annotations

import asyncio
import socket

import pytest

from core.fetching import (
    Allowed,
    FetchFailed,
    FetchRefused,
    PublicResolver,
    allowed_hosts,
    fetch_file,
    is_public,
)

ALLOWED = Allowed(
    "http://127.0.0.1:8001", ("lookaside.fbsbx.com", "*.fbcdn.net", "graph.facebook.com")
)
GOOD = [
    "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=x",
    "https://scontent.xx.fbcdn.net/v/t45.1.jpg",
    "https://LOOKASIDE.fbsbx.com/x",
    "https://lookaside.fbsbx.com./x",
    "https://lookaside.fbsbx.com:443/x",
    "http://127.0.0.1:8001/media/1",
]
BAD = [
    "http://lookaside.fbsbx.com/x",
    "https://lookaside.fbsbx.com:8443/x",
    "https://lookaside.fbsbx.com.evil.test/x",
    "https://evil.test/lookaside.fbsbx.com",
    "https://fbcdn.net/x",
    "https://evilfbcdn.net/x",
    "https://xfbcdn.net.evil.test/",
    "https://lookaside.fbsbx.com@evil.test/x",
    "https://evil.test@lookaside.fbsbx.com/x",
    "https://evil.test\\@lookaside.fbsbx.com/x",
    "https://lookaside.fbsbx.com\\.evil.test/x",
    "https://lookaside.fbsbx.com\t.evil.test/x",
    "https://lookaside.fbsbx.com\n/x",
    "https://lookaside。fbsbx。com/x",
    "https://lookaside.fbsbx.com%2eevil.test/x",
    "https://[::1]/x",
    "https://[::ffff:169.254.169.254]/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://0xa9fea9fe/",
    "https://127.1/",
    "https://localhost/",
    "http://localhost:8001/",
    "http://127.0.0.1:8002/",
    "https://127.0.0.1:8001/",
    "http://127.0.0.1:8001@evil.test/",
    "https://[/x",
    "https://lookaside.fbsbx.com:99999/x",
    "ftp://lookaside.fbsbx.com/x",
    "file:///etc/passwd",
    "gopher://lookaside.fbsbx.com/x",
    "//lookaside.fbsbx.com/x",
    "lookaside.fbsbx.com/x",
    "",
    "https://",
    "https://.fbcdn.net/",
]


@pytest.mark.parametrize("url", GOOD)
def test_addresses_on_the_list_are_allowed(url):
    ALLOWED.check(url)


@pytest.mark.parametrize("url", BAD)
def test_any_other_address_is_refused(url):
    with pytest.raises(FetchRefused):
        ALLOWED.check(url)


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::7f00:1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public_however_they_are_wrapped(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["157.240.1.1", "2a03:2880:f10c::1", "64:ff9b::9df0:101"])
def test_addresses_of_the_internet_are(address):
    assert is_public(address)


def test_a_listed_name_that_resolves_to_a_private_address_is_not_connected_to(monkeypatch):
    """As after DNS rebinding: what was resolved is what is connected to, and it is refused."""
    asked = []

    def rebound(host, *args, **options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)

    async def resolve() -> None:
        await PublicResolver().resolve("lookaside.fbsbx.com", 443)

    with pytest.raises(OSError, match="no public address"):
        asyncio.run(resolve())
    with pytest.raises(FetchFailed, match="Cannot connect"):
        asyncio.run(fetch_file(GOOD[0], allowed=ALLOWED, headers={}, limit=10, seconds=2))
    assert set(asked) == {"lookaside.fbsbx.com"}


def test_settings_may_hold_blanks_and_capitals():
    allowed = allowed_hosts("https://graph.facebook.com", [" Lookaside.fbsbx.com ", ""])
    assert allowed.hosts == ("lookaside.fbsbx.com",)
    allowed.check("https://graph.facebook.com/v25.0/1")
