"""Finds Chromium for the browser tests, and installs it where that is possible."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The pages are drawn in the system's fonts; without any, letters are boxes. Playwright's own
# driver needs the last one, which a small Debian lacks.
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji", "libatomic1")
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
# Without a sandbox, since root has none, and without calls home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
MISSING = """\
Chromium was not found, and could not be installed. Do one of these, then try again:
  sudo apt install chromium libatomic1    on Debian
  .venv/bin/playwright install --with-deps chromium
  CHROMIUM=/path/to/chrome make test      where it lies elsewhere"""


def find_chromium() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, the system's, or Playwright's."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or playwrights_own()


def playwrights_own() -> str | None:
    """The Chromium that Playwright has downloaded before."""
    if not driver_works():
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def driver_works() -> bool:
    """Whether the program that Playwright drives browsers with can run here."""
    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], check=False, capture_output=True).returncode == 0


def provide_chromium() -> str:
    """The path of a Chromium, installed if need be; ends the program with advice otherwise."""
    for command in [None, *installations()]:
        if command:
            print("$", " ".join(command), flush=True)
            subprocess.run(command, check=False, env=os.environ | QUIET)
        if driver_works() and (found := find_chromium()):
            return found
    sys.exit(MISSING)


def installations() -> Iterator[list[str]]:
    """Ways to install it, the best first."""
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if shutil.which("apt-get") and (not root or shutil.which("sudo")):
        yield [*root, "apt-get", "update"]
        yield [*root, "apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES]
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
