"""Real servers for a run of the tests: started before Django reads its settings, then removed.

Whoever sets DATABASE_URL or REDIS_URL tests against their own server instead.
"""

import atexit
import os
import shutil
import tempfile
from base64 import b64encode
from pathlib import Path

from config.services import Services

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SASH_DEBUG": "1",  # static files straight from their folders; pytest-django turns DEBUG off
    "SASH_SECRET_KEY": "for-tests-only-" + "k" * 50,
    "SASH_ENCRYPTION_KEY": b64encode(b"tests only, 32 bytes of key!!!!!").decode(),
    "SASH_LOG_LEVEL": "WARNING",
    "SASH_LOG_FORMAT": "line",
}


def provide_services() -> None:
    """Put what the settings need into the environment, until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="sash-test-"))
    services = Services(
        folder,
        durable=False,
        postgres="DATABASE_URL" not in os.environ,
        valkey="REDIS_URL" not in os.environ,
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(services.__exit__)
    services.__enter__()
    os.environ.update(services.environment)
    os.environ["SASH_MEDIA_ROOT"] = str(folder / "media")
    (folder / "static").mkdir()
    os.environ["SASH_STATIC_ROOT"] = str(folder / "static")
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
