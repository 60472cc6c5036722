"""Whether Sash answers on this machine; as a command, a container's health check."""

import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

SECONDS = 5.0
DEAF_AFTER = 60.0  # seconds without a task; beat rings far more often


def answers(address: str, *, host: str) -> bool:
    """Whether a page is there; asked for by the name that Sash is known by."""
    request = Request(address, headers={"Host": host})  # noqa: S310 - our own address
    try:
        with urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def works(sign: Path, *, now: float) -> bool:
    """Whether the worker has lately run a task. now: seconds since 1970."""
    return sign.exists() and now - sign.stat().st_mtime < DEAF_AFTER


def main(process: str = "web") -> int:
    """0 for healthy, as Docker wants it. process: "web" or "worker"."""
    if process == "worker":
        return 0 if works(Path(os.environ["SASH_WORKER_FILE"]), now=time.time()) else 1
    host = urlsplit(os.environ.get("SASH_BASE_URL", "http://localhost")).netloc
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"
    return 0 if answers(address, host=host) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
