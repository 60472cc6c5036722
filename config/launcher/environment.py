"""What the processes of `make run` are told: the only place that makes up their settings."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.services.secrets_file import Maker, keep_secrets, password, read_secrets

KEYS: dict[str, Maker] = {
    "SASH_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "SASH_ENCRYPTION_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}
SIMULATOR_KEYS: dict[str, Maker] = {
    "SIMULATOR_APP_SECRET": password,
    "SIMULATOR_VERIFY_TOKEN": password,
    "SIMULATOR_ACCESS_TOKEN": password,
}


@dataclass(frozen=True)
class Plan:
    """Which parts are started, read from what the person has set."""

    postgres: bool
    valkey: bool
    demo: bool
    simulator: bool


def given_settings(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """The person's environment, and from `.env` what it leaves unset."""
    return {**read_secrets(file), **environ}


def make_plan(given: Mapping[str, str]) -> Plan:
    """One's own servers are used where they are named; demo people never get into them unasked."""
    own_database = bool(given.get("DATABASE_URL"))
    demo = given.get("SASH_DEMO", "0" if own_database else "1") == "1"
    return Plan(
        postgres=not own_database,
        valkey=not given.get("REDIS_URL"),
        demo=demo,
        simulator=demo and not given.get("WHATSAPP_GRAPH_URL"),
    )


def web_settings(given: Mapping[str, str], *, data: Path, port: int, demo: bool) -> dict[str, str]:
    """Settings of Sash's own processes; what the person has set stands over ours."""
    made_up = {
        "BIND": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        # Under root Celery warns at length of what a try-out cannot help.
        "PYTHONWARNINGS": "ignore:::celery.platforms",
        "SASH_BASE_URL": f"http://localhost:{port}",
        "SASH_BEAT_FILE": str(data / "beat"),
        "SASH_DEMO": "1" if demo else "0",
        "SASH_LOG_FORMAT": "line",
        "SASH_MEDIA_ROOT": str(data / "media"),
        "SASH_STATIC_ROOT": str(data / "static"),
    }
    keys = keep_secrets(data / "secrets.env", KEYS)
    made_up |= {name: keys[name] for name in KEYS}
    return made_up | {k: v for k, v in given.items() if v} | {"PORT": str(port)}


def simulator_settings(*, data: Path, port: int, web_port: int) -> dict[str, str]:
    """Settings that the simulator and Sash share, so that each finds and trusts the other."""
    keys = keep_secrets(data / "secrets.env", SIMULATOR_KEYS)
    address = f"http://127.0.0.1:{port}"
    return {
        **{name: keys[name] for name in SIMULATOR_KEYS},
        "SIMULATOR_HOST": "127.0.0.1",
        "SIMULATOR_PORT": str(port),
        "SIMULATOR_DATA": str(data / "simulator.sqlite3"),
        "SIMULATOR_CUSTOMERS": str(data / "simulator-customers.json"),
        "SIMULATOR_WEBHOOK_URL": f"http://127.0.0.1:{web_port}/webhooks/whatsapp/",
        "SIMULATOR_PUBLIC_URL": address,
        "SIMULATOR_URL": f"http://localhost:{port}",
        "WHATSAPP_GRAPH_URL": address,
    }
