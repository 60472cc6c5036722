"""`make mutants`: ten rules are broken, one at a time, and a test must notice each.

A mutant is one change of one file in a copy of the tree. It is killed when a test fails; it
survives when its tests pass, and then a rule stands that nothing holds.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.services import provide_services
from tests.suite import tracked

LONGEST = 600  # seconds a mutant's tests may take
FAILED_TESTS = 1  # pytest's exit code; every other one says that the tests themselves broke


@dataclass(frozen=True)
class Mutant:
    """`before` stands once in `file` and becomes `after`; one of `tests` must fail."""

    rule: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


MUTANTS = [
    Mutant(
        "A provider's message is stored once",
        "inbox/migrations/0010_written_often.py",
        "fields=('provider_id', 'channel'), name='message_provider_id_is_unique'",
        "fields=('provider_id', 'channel', 'id'), name='message_provider_id_is_unique'",
        ("tests/inbox/test_database_rules.py", "tests/inbox/intake/test_order.py"),
    ),
    Mutant(
        "200 is answered after the commit",
        "inbox/intake/door.py",
        "await self.journal.store(",
        "asyncio.ensure_future(self.journal.store)(",
        ("tests/inbox/intake/test_door.py",),
    ),
    Mutant(
        "What may have been sent is not sent again",
        "inbox/transports/whatsapp.py",
        "return Unknown(str(error))",
        "return Refused(None, str(error), may_retry=True)",
        ("tests/inbox/sending/test_outages.py", "tests/inbox/sending/test_doubt.py"),
    ),
    Mutant(
        "A cursor misses no row that commits late",
        "inbox/migrations/0009_numbers_after_a_restore.py",
        "pg_snapshot_xmin(",
        "pg_snapshot_xmax(",
        ("tests/inbox/live/test_catch_up.py",),
    ),
    Mutant(
        "A socket opens for our own origin alone",
        "config/asgi.py",
        "AllowedHostsOriginValidator(URLRouter(cast(Any, websocket_urlpatterns))),",
        "URLRouter(cast(Any, websocket_urlpatterns)),",
        ("tests/inbox/live/test_sockets.py", "tests/security/test_sockets.py"),
    ),
    Mutant(
        "What a customer writes is escaped",
        "templates/inbox/message/_text.html",
        "{{ message.text|whatsapp }}",
        "{{ message.text|safe }}",
        ("tests/inbox/pages/test_hostile_words.py",),
    ),
    Mutant(
        "No free text goes out after the window",
        "inbox/actions/gate.py",
        "if is_free and not window_of(conversation).is_open(at):",
        "if False:",
        ("tests/inbox/sending/test_gate.py",),
    ),
    Mutant(
        "No marketing goes to who asked for none",
        "inbox/queries/consents.py",
        "if newest is not None and not newest.is_granted:",
        "if False:",
        ("tests/inbox/sending/test_gate.py", "tests/inbox/composer"),
    ),
    Mutant(
        "What a living sender holds is its own",
        "inbox/actions/sweeps.py",
        "AND lease_until < now() ORDER BY",
        "ORDER BY",
        ("tests/inbox/sending/test_crashes.py", "tests/inbox/sending/test_leaving.py"),
    ),
    Mutant(
        "A delivery is signed by Meta",
        "inbox/intake/signature.py",
        "if hmac.compare_digest(expected, header):",
        "if expected:",
        ("tests/inbox/intake/test_door.py",),
    ),
]


def main(wanted: str = "") -> int:
    """Break what holds `wanted` in its rule, or everything; 1 when one survives."""
    mutants = [mutant for mutant in MUTANTS if wanted.lower() in mutant.rule.lower()]
    provide_services()
    if verdict := run_tests(Path.cwd(), sorted({test for each in mutants for test in each.tests})):
        print(f"The tests must pass before a rule is broken; pytest ended with {verdict}.")
        return 1
    survivors = [mutant for mutant in mutants if not is_killed(mutant)]
    print(f"\n{len(mutants) - len(survivors)} of {len(mutants)} killed.")
    return 1 if survivors else 0


def is_killed(mutant: Mutant) -> bool:
    """Whether a test failed, which is also printed."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sash-mutant-") as folder:
        break_rule(mutant, Path(folder))
        code = run_tests(Path(folder), mutant.tests)
    killed = code == FAILED_TESTS
    outcome = "killed" if killed else f"SURVIVED ({code})"
    print(f"{outcome:9} {mutant.rule}, {time.monotonic() - begun:.0f} s", flush=True)
    return killed


def break_rule(mutant: Mutant, folder: Path) -> None:
    """Copy the tree there with the one change."""
    for name in tracked():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, target)
    broken = folder / mutant.file
    text = broken.read_text()
    assert text.count(mutant.before) == 1, f"{mutant.file} has changed: {mutant.rule}"
    broken.write_text(text.replace(mutant.before, mutant.after))


def run_tests(folder: Path, tests: Sequence[str]) -> int:
    """pytest's exit code; one that hangs has no verdict, which is -1."""
    given = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not browser", *tests]
    try:
        done = subprocess.run(
            command, cwd=folder, env=given, capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
