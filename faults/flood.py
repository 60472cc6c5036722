"""Posts that nobody signed, at a rate: `python -m faults.flood PORT RATE SECONDS`, by itself."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

LINES = 32
BODY = b'{"object":"whatsapp_business_account","entry":[]}'
REQUEST = (
    b"POST /webhooks/whatsapp/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"X-Hub-Signature-256: sha256=" + b"0" * 64 + b"\r\nContent-Length: %d\r\n\r\n%s"
) % (len(BODY), BODY)


async def line(port: int, rate: float, seconds: float, heard: Counter[int]) -> None:
    """One connection's share, one request after the other."""
    begun, sent = time.monotonic(), 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (passed := time.monotonic() - begun) < seconds:
        if sent > passed * rate:
            await asyncio.sleep(sent / rate - passed)
            continue
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        heard[int(head[9:12])] += 1
        sent += 1
    writer.close()


async def main(port: int, rate: float, seconds: float) -> None:
    """Writes how often each status was heard."""
    heard: Counter[int] = Counter()
    await asyncio.gather(*(line(port, rate / LINES, seconds, heard) for _ in range(LINES)))
    json.dump(heard, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
