"""`make test`: every check and every test, each under a heading; all run, then the verdict."""

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.chromium import provide_chromium
from tests.services import provide_services

CODE = [
    "config", "core", "accounts", "templates_app", "inbox", "bots", "simulator", "bench", "faults",
    "manage.py",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A command under a heading; `extra` is added to its environment."""

    title: str
    command: list[str]
    extra: dict[str, str] = field(default_factory=dict)
    fine: tuple[int, ...] = (0,)


def checks() -> Iterator[Step]:
    """What a machine can say without running Sash."""
    provide_services()
    templates = tracked("templates/*.html", "*/templates/*.html")
    yield Step("Style", ["ruff", "check", "."])
    yield Step("Layout", ["ruff", "format", "--check", "."])
    yield Step("Types", ["mypy", "--strict", *CODE])
    yield Step("Layers", ["lint-imports"])
    yield Step("Templates: form", ["djade", "--check", "--target-version", "5.2", *templates])
    yield Step("Templates: faults", ["djlint", "--lint", "--quiet", *templates])
    yield secrets_step()
    manage = ["python", "manage.py"]
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    yield Step("Settings for production", deploy, production())
    yield Step("Migrations", [*manage, "makemigrations", "--check", "--dry-run"])


def secrets_step() -> Step:
    """New secrets alone fail: 3 says that a known one has moved, which a copy may note down."""
    baseline = Path(tempfile.mkdtemp(prefix="sash-baseline-")) / "baseline"
    shutil.copy(".secrets.baseline", baseline)
    atexit.register(shutil.rmtree, baseline.parent)
    files = tracked(":!.secrets.baseline")
    command = ["detect-secrets-hook", "--baseline", str(baseline), *files]
    return Step("Secrets", command, fine=(0, 3))


def tests() -> Iterator[Step]:
    """Tests against real PostgreSQL and Valkey."""
    yield Step("Tests", ["pytest", "-m", "not browser"])


def browser() -> Iterator[Step]:
    """Tests in Chromium: a run of their own, since Playwright and pytest-asyncio share no loop."""
    yield Step("Tests in Chromium", ["pytest", "-m", "browser"], {"CHROMIUM": provide_chromium()})


def production() -> dict[str, str]:
    """Settings as a real installation has them."""
    return {
        "SASH_DEBUG": "0",
        "SASH_BASE_URL": "https://sash.example",
        "SASH_SECRET_KEY": secrets.token_urlsafe(50),
        "SASH_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "SASH_EMAIL_HOST": "smtp.example",
        "SASH_ENCRYPTION_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def tracked(*patterns: str) -> list[str]:
    """The project's own files."""
    listing = subprocess.check_output(["git", "ls-files", "-z", "--", *patterns], text=True)
    return [name for name in listing.split("\0") if name and os.path.exists(name)]


def run(step: Step) -> bool:
    """Whether the step passed."""
    print(f"\n\033[1m── {step.title} ──\033[0m", flush=True)
    begun = time.monotonic()
    # Importing `config` has named Django's settings, which pytest-django would then read before
    # the servers are up; each command names them by itself.
    given = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    code = subprocess.run(step.command, env=given | step.extra, check=False).returncode
    passed = code in step.fine
    print(f"{'ok' if passed else 'FAILED'}, {time.monotonic() - begun:.0f} s", flush=True)
    return passed


PARTS: dict[str, tuple[Callable[[], Iterator[Step]], ...]] = {
    "checks": (checks,),
    "tests": (tests,),
    "browser": (browser,),
    "all": (checks, tests, browser),
}


def main(part: str) -> int:
    """Run everything, even after a failure; the exit code is 1 when anything failed."""
    programs = os.path.dirname(sys.executable)
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    failed = [step.title for steps in PARTS[part] for step in steps() if not run(step)]
    print(f"\n\033[1m{'FAILED: ' + ', '.join(failed) if failed else 'Everything passed.'}\033[0m")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
