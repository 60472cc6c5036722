"""Finds Chromium for the browser tests, and installs it where that is possible."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The pages are drawn in the system's fonts; without any, letters are boxes.
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji")
MISSING = """\
Chromium was not found, and could not be installed. Do one of these, then try again:
  sudo apt install chromium          on Debian
  .venv/bin/playwright install --with-deps chromium
  CHROMIUM=/path/to/chrome make test   where it lies elsewhere"""


def find_chromium() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, the system's, or Playwright's."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or playwrights_own()


def playwrights_own() -> str | None:
    """The Chromium that Playwright has downloaded before."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def provide_chromium() -> str:
    """The path of a Chromium, installed if need be; ends the program with advice otherwise."""
    if found := find_chromium():
        return found
    for command in installations():
        print("$", " ".join(command), flush=True)
        if subprocess.run(command, check=False).returncode == 0 and (found := find_chromium()):
            return found
    sys.exit(MISSING)


def installations() -> Iterator[list[str]]:
    """Ways to install it, the best first."""
    if shutil.which("apt-get"):
        yes = ["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES]
        if os.geteuid() == 0:
            yield from (["apt-get", "update"], yes)
        elif (
            shutil.which("sudo")
            and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0
        ):
            yield from (["sudo", "-n", "apt-get", "update"], ["sudo", "-n", *yes])
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
