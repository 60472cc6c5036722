"""The database into a file and back. A restore is one transaction: all of it, or nothing."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO, cast

import psycopg

from config.backups import BackupError
from config.backups.programs import environment_for, find_program, run

AS_ONE = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
PLAIN = ("--no-owner", "--no-privileges", "--no-comments")
# What stands in the place of the backup goes in the same transaction, but waits for nobody:
# whoever is still connected should be stopped first.
BEFORE = """\
SET lock_timeout = '10s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
# A new cluster counts its transactions from the beginning; rows are numbered by them. And what
# waited to be sent then may have been sent since: people are asked, nothing goes by itself.
AFTER = """
SET search_path = public;
DO $$ BEGIN
    IF to_regprocedure('inbox_begin_epoch()') IS NOT NULL THEN
        PERFORM inbox_begin_epoch();
    END IF;
    IF to_regclass('inbox_outboxentry') IS NOT NULL THEN
        UPDATE inbox_message SET status = 'unknown', rank = 2
            WHERE status IN ('queued', 'sending')
            AND id IN (SELECT message_id FROM inbox_outboxentry WHERE state <> 'unknown');
        UPDATE inbox_outboxentry SET state = 'unknown', lease_until = NULL, not_before = now()
            WHERE state <> 'unknown';
    END IF;
END $$;
"""


def dump(url: str, target: Path) -> None:
    """Write the whole database as it is at one instant, while it may be used."""
    run([find_program("pg_dump"), "--format=custom", *PLAIN, "--file", target], url)


def is_empty(url: str) -> bool:
    """No table stands in it. Raises BackupError when it cannot be reached."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
            ).fetchone()
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be reached: {error}") from None
    return bool(row and row[0])


def load(source: Path, url: str) -> None:
    """Put the backup in the place of what is there. Raises BackupError; then nothing changed."""
    run([find_program("pg_restore"), "--list", source], url)
    with tempfile.TemporaryFile() as complaints:
        reader = subprocess.Popen(  # noqa: S603 - our own argument list
            [find_program("pg_restore"), *PLAIN, "--file=-", source],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        writer = subprocess.Popen(  # noqa: S603 - our own argument list
            [find_program("psql"), *AS_ONE, "--file=-"],
            env=environment_for(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
        try:
            if not feed(reader, writer):
                complaints.seek(0)
                words = complaints.read().decode(errors="replace").strip()
                raise BackupError(f"The restore failed, and nothing was changed:\n{words[-2000:]}")
        finally:
            for child in (reader, writer):
                child.kill()
                child.wait()


def feed(reader: "subprocess.Popen[bytes]", writer: "subprocess.Popen[bytes]") -> bool:
    """Whether all of it went in. The end is written, and so committed, only after a whole read."""
    source, target = cast(IO[bytes], reader.stdout), cast(IO[bytes], writer.stdin)
    try:
        target.write(BEFORE.encode())
        shutil.copyfileobj(source, target, 1 << 20)
        if reader.wait() != 0:
            return False
        target.write(AFTER.encode())
        target.close()
    except BrokenPipeError:  # it has said why
        writer.wait()
        return False
    return writer.wait() == 0
