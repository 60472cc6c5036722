"""The only place for how the simulator is started: flags, each also an environment variable."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    host: str = "127.0.0.1"
    port: int = 4040
    data: str = ""
    webhook_url: str = ""
    app_id: str = "794850321936471"
    app_secret: str = "simulator-app-secret"  # noqa: S105 - a made-up service's made-up secret
    verify_token: str = "simulator-verify-token"  # noqa: S105
    access_token: str = "simulator-access-token"  # noqa: S105
    public_url: str = ""
    seed: str = "demo"
    customers: str = ""


HELP = {
    "host": "address to listen on",
    "port": "port to listen on; 0 takes a free one and prints it",
    "data": "SQLite file that keeps everything; without it all is gone at the end",
    "webhook_url": "where webhooks go; empty: nowhere until one is subscribed",
    "app_id": "id of the app, in front of /uploads and /subscriptions",
    "app_secret": "key of the webhooks' signatures",
    "verify_token": "token of the verification handshake",
    "access_token": "bearer token that the API asks for",
    "public_url": "how others reach this server, for media links; default: as they called it",
    "seed": "'demo' for the demo cast, 'none' for an empty platform",
    "customers": "JSON file with a list of further customers",
}


def read_options(argv: Sequence[str], environ: Mapping[str, str] = os.environ) -> Options:
    """Flags win over SIMULATOR_* variables, which win over the defaults."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    defaults = Options()
    for name, text in HELP.items():
        built_in = getattr(defaults, name)
        value = environ.get(f"SIMULATOR_{name.upper()}", built_in)
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, default=value, type=type(built_in), help=text)
    return Options(**vars(parser.parse_args(argv)))
