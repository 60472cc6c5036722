"""Random frames to a real web process: sockets are closed, and the process goes on as before.

FUZZ_FRAMES of them (150 without it), for at most FUZZ_FRAMES_SECONDS.
"""

from __future__ import annotations

import base64
import os
import random
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
import pytest

from accounts.models import User
from tests.browser.conftest import server, session_cookie  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
FRAMES = int(os.environ.get("FUZZ_FRAMES", "150"))
SECONDS = float(os.environ.get("FUZZ_FRAMES_SECONDS", "60"))
PATHS = ["/ws/inbox/", "/ws/conversations/1/", "/ws/conversations/99999999999999999/"]
MOST_GROWTH = 40 * 2**20
OPCODES = range(16)
AT_ONCE = 8
SAID = [b"", b"{}", b'{"type":"join","conversation":1}', b"\xff\xfe"]


def connect(address: str, cookie: str, path: str) -> socket.socket:
    """A socket whose handshake was answered, whatever the answer."""
    place = urlsplit(address)
    line = socket.create_connection((place.hostname, place.port), timeout=10)
    key = base64.b64encode(random.randbytes(16)).decode()
    line.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {address}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    assert line.recv(4096), "no answer to the handshake"
    return line


def frame(
    opcode: int,
    payload: bytes,
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """One frame; `length` may lie."""
    size = len(payload) if length is None else length
    head = bytes([fin << 7 | reserved << 4 | opcode])
    if size < 126:
        head += bytes([masked << 7 | size])
    elif size < 2**16:
        head += bytes([masked << 7 | 126]) + struct.pack(">H", size)
    else:
        head += bytes([masked << 7 | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    mask = random.randbytes(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def any_frames(chance: random.Random) -> bytes:
    """A few frames, right and wrong ones, or no frame at all."""
    if chance.random() < 0.15:
        return chance.randbytes(chance.randint(1, 300))
    found = b""
    for _ in range(chance.randint(1, 3)):
        texts = [
            b"",
            b"{}",
            b'{"type":"join","conversation":1}',
            b"\xff\xfe",
            chance.randbytes(40),
        ]
        payload = chance.choice(texts) * chance.choice([1, 1, 1, 50])
        lies = chance.choice([None, None, None, 0, 125, 2**16, 2**31, 2**63, 2**64 - 1])
        found += frame(
            chance.choice([1, 1, 2, *OPCODES]),
            payload,
            fin=chance.random() < 0.8,
            reserved=chance.choice([0, 0, 0, 1, 4, 7]),
            masked=chance.random() < 0.85,
            length=lies,
        )
    return found


def send_all(address: str, cookie: str, seed: int) -> int:
    """How many bursts, each on a line of its own, since whoever speaks is hung up on."""
    end = time.monotonic() + SECONDS

    def one(number: int) -> bool:
        if time.monotonic() > end:
            return False
        chance = random.Random(f"{seed} {number}")
        with connect(address, cookie, chance.choice(PATHS)) as line, suppress(OSError):
            line.sendall(any_frames(chance))
            line.shutdown(socket.SHUT_WR)
            line.settimeout(0.5)  # a length that lies is waited for
            while line.recv(65536):
                pass
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(FRAMES)))


def test_whatever_comes_up_a_socket_the_process_goes_on(
    server: str,  # noqa: F811 - the fixture
    ana: User,
) -> None:
    given = session_cookie(ana, server)
    cookie = f"{given['name']}={given['value']}"
    process = next(
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE  # of another test
        and str(urlsplit(server).port) in child.cmdline()
    )
    connect(server, cookie, PATHS[0]).close()
    before = process.memory_info().rss
    seed = random.randrange(2**32)
    number = send_all(server, cookie, seed)
    sys.stdout.write(f"{number} bursts of frames, seed {seed}\n")
    assert number >= min(FRAMES, 50), seed
    assert process.is_running(), seed
    with urlopen(f"{server}/healthz", timeout=10) as answer:
        assert answer.status == 200, seed
    with connect(server, cookie, PATHS[0]) as line:
        assert line.recv(4096), "an honest page is served"
    assert process.memory_info().rss - before < MOST_GROWTH, seed
