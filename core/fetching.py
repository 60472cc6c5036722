"""Downloads from addresses that a stranger may have chosen: only from hosts on a list, over
https, never from a private network, whatever a name resolves to or a redirect says.

One origin, the one that an administrator configured, is trusted as it is.
"""

import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from core.media import FileTooLarge, StoredFile, store_stream

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
HOPS = 3
CHUNK = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchRefused(Exception):
    """The address is not one that may be fetched from, or the file is too large."""


class FetchFailed(Exception):
    """It did not work this time. status: the HTTP status, where there was one."""

    def __init__(self, text: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where files may come from. origin: trusted, such as http://127.0.0.1:8001. hosts: names
    or patterns such as *.example.com, over https alone."""

    origin: str
    hosts: tuple[str, ...] = ()

    def is_trusted(self, url: str) -> bool:
        """Does it lie at the configured origin itself?"""
        return _origin(urlsplit(url)) == _origin(urlsplit(self.origin))

    def check(self, url: str) -> None:
        """Raises FetchRefused for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise FetchRefused("the address is malformed") from None
        if "@" in parts.netloc or "\\" in url or any(char <= " " for char in url):
            raise FetchRefused("the address is malformed")
        if self.is_trusted(url):
            return
        host = (parts.hostname or "").removesuffix(".")
        if parts.scheme != "https" or port not in (None, 443):
            raise FetchRefused("only https on its own port")
        if not HOST.fullmatch(host) or not any(fnmatchcase(host, each) for each in self.hosts):
            raise FetchRefused("the host is not on the list")


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return (parts.scheme, (parts.hostname or "").removesuffix("."), parts.port or default)


def is_public(address: str) -> bool:
    """Is it an address of the open internet, also when it is wrapped into IPv6?"""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and (ip in NAT64 or int(ip) >> 32 == 0):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class PublicResolver(AbstractResolver):
    """Gives only public addresses, and the connection is made to exactly what it gives."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [each for each in found if is_public(each["host"])]
        if not public:
            raise OSError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        await self._resolver.close()


async def fetch_file(
    url: str, *, allowed: Allowed, headers: Mapping[str, str], limit: int, seconds: float = 120
) -> StoredFile:
    """Download into the store. Raises FetchRefused or FetchFailed.

    headers go to every hop, since every hop is on the list.
    """
    for _ in range(HOPS + 1):
        allowed.check(url)
        resolver = None if allowed.is_trusted(url) else PublicResolver()
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=10, sock_read=30)
        connector = aiohttp.TCPConnector(resolver=resolver)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
                session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                if response.status not in REDIRECTS:
                    return await _store(response, limit)
                url = urljoin(url, response.headers.get("Location", ""))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise FetchFailed(f"{type(error).__name__}: {error}"[:300]) from None
    raise FetchRefused("too many redirects")


async def _store(response: aiohttp.ClientResponse, limit: int) -> StoredFile:
    if response.status != 200:
        raise FetchFailed(f"HTTP {response.status}", response.status)
    if (response.content_length or 0) > limit:
        raise FetchRefused(f"larger than {limit} bytes")
    try:
        return await store_stream(_chunks(response), limit=limit)
    except FileTooLarge as error:
        raise FetchRefused(str(error)) from None


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for chunk in response.content.iter_chunked(CHUNK):
        yield chunk


def allowed_hosts(origin: str, hosts: Iterable[str]) -> Allowed:
    """From settings as they are written."""
    return Allowed(origin, tuple(host.strip().lower() for host in hosts if host.strip()))
