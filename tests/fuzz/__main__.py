"""`make fuzz`: look for what breaks, for FUZZ_SECONDS (600 without it).

Three quarters of the time go to the parser of webhooks, by atheris, which follows what of the code
each body reaches; what it finds new stays in tests/fuzz/corpus. Where atheris cannot be installed,
hypothesis tries as long, without following anything. Then 10,000 frames go to the sockets.
"""

import importlib.util
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fuzz.payloads import CORPUS, SAMPLES

SECONDS = int(os.environ.get("FUZZ_SECONDS", "600"))
FRAMES = os.environ.get("FUZZ_FRAMES", "10000")
# The parser reads no server; Django's settings want the names all the same.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SASH_SECRET_KEY": secrets.token_urlsafe(50),
    "SASH_ENCRYPTION_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SASH_LOG_LEVEL": "ERROR",
}


def words(value: Any) -> Iterator[str]:
    """Every key and every short value of a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from words(item)
    elif isinstance(value, list):
        for item in value:
            yield from words(item)
    elif isinstance(value, str) and len(value) < 30:
        yield value


def dictionary() -> str:
    """The words of webhooks, as libFuzzer reads them: random bytes rarely make one."""
    found = {
        word for path in SAMPLES.glob("*.json") for word in words(json.loads(path.read_text()))
    }
    quoted = (json.dumps(json.dumps(word)) for word in sorted(found) if word.isascii())
    return "\n".join(quoted) + "\n"


def fuzz_parser(seconds: int) -> int:
    """The exit code of the search."""
    if importlib.util.find_spec("atheris") is None:
        say("atheris is not installed for this Python: hypothesis instead, which is blind.")
        return fuzz_blindly(seconds)
    with tempfile.TemporaryDirectory() as folder:
        words_file = Path(folder) / "words"
        words_file.write_text(dictionary(), encoding="ascii")
        command = [sys.executable, "-m", "tests.fuzz.payloads", str(CORPUS), str(SAMPLES)]
        limits = [f"-max_total_time={seconds}", "-rss_limit_mb=1024", "-timeout=10"]
        given = [f"-dict={words_file}", f"-artifact_prefix={CORPUS}/", "-print_final_stats=1"]
        environment = os.environ | SETTINGS
        return subprocess.run(
            [*command, *limits, *given, "-max_len=8192", "-verbosity=0"],
            env=environment,
            check=False,
        ).returncode


def fuzz_blindly(seconds: int) -> int:
    """Runs of the property tests with a new seed each, until the time is over."""
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        number += 1
        command = ["pytest", "tests/fuzz/test_payloads.py", "-q", f"--hypothesis-seed={number}"]
        if code := subprocess.run(command, check=False).returncode:
            return code
    return 0


def main() -> int:
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    code = fuzz_parser(SECONDS * 3 // 4)
    frames = {"FUZZ_FRAMES": FRAMES, "FUZZ_FRAMES_SECONDS": str(max(10, SECONDS // 4))}
    command = ["pytest", "tests/fuzz/test_frames.py", "-q", "-s"]
    code |= subprocess.run(command, env=os.environ | frames, check=False).returncode
    say("Something broke; what broke the parser lies in tests/fuzz/corpus." if code else "Held.")
    return 1 if code else 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
