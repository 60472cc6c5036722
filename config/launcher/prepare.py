"""Brings the database and the static files up to date: `python -m config.launcher.prepare`.

A process of its own, so that Django reads its settings only once they are complete. What it
writes to standard output is what the demo data has to say to the person at the terminal.
"""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    """Migrate, seed where this is a demo, and collect the static files when one has changed."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEMO:
        call_command("seed_demo", stdout=sys.stdout)
    collect_static(Path(settings.STATIC_ROOT))


def collect_static(root: Path) -> None:
    """Collect, compress and name by content; skipped while the sources are as they were."""
    stamp = root.with_name(f"{root.name}.stamp")
    current = static_fingerprint()
    if root.is_dir() and stamp.exists() and stamp.read_text(encoding="ascii") == current:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(current, encoding="ascii")


def static_fingerprint() -> str:
    """Changes with any static file's path, size or time."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = storage.path(name)
            state = os.stat(path)
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
