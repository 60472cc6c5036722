"""`python -m simulator`: serve until interrupted; print where."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from aiohttp import web

from .app import build_app
from .customers import CustomerError
from .options import Options, read_options
from .world import World


async def serve(options: Options) -> None:
    try:
        world = World(options)
        app = build_app(world)
    except CustomerError as problem:
        sys.exit(f"The simulator cannot take in its further customers: {problem}")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    try:
        await site.start()
    except OSError as problem:
        await runner.cleanup()
        sys.exit(f"The simulator cannot listen on {options.host}:{options.port}: {problem}")
    host, port = runner.addresses[0][:2]
    name = f"[{host}]" if ":" in host else host
    world.base_url = options.public_url.rstrip("/") or f"http://{name}:{port}"
    sys.stdout.write(f"Simulator on http://{name}:{port}\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


def main() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(read_options(sys.argv[1:])))


if __name__ == "__main__":
    main()
