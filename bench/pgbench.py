"""P: what a plain transaction costs on this machine, by PostgreSQL's own load generator.

One transaction stores a message (a JSON document of some 620 bytes, three indexes) and updates
its conversation (two indexes); 8 clients, prepared statements, durable.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

CLIENTS = 8
CONVERSATIONS = 10_000
DATABASE = "bench_p"
RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)

TABLES = """
CREATE TABLE conversation (
    id bigint PRIMARY KEY, inbox int NOT NULL, last_message_at timestamptz NOT NULL,
    preview text NOT NULL, unread int NOT NULL DEFAULT 0);
CREATE INDEX ON conversation (inbox, last_message_at DESC, id DESC);
CREATE TABLE message (
    id bigserial PRIMARY KEY, conversation bigint NOT NULL, provider_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(), body jsonb NOT NULL);
CREATE UNIQUE INDEX ON message (provider_id);
CREATE INDEX ON message (conversation, id DESC);
INSERT INTO conversation SELECT i, i % 20, now(), 'nothing yet'
FROM generate_series(1, {conversations}) AS i;
"""

SCRIPT = """
\\set conversation random(1, {conversations})
BEGIN;
INSERT INTO message (conversation, provider_id, body)
VALUES (:conversation, gen_random_uuid(), '{body}');
UPDATE conversation SET last_message_at = now(), preview = 'what was written last',
    unread = unread + 1 WHERE id = :conversation;
END;
"""
WORDS = "The parcel that I ordered on Monday has not come yet, could you look where it is? "
BODY = json.dumps({"type": "text", "from": "5511987654321", "text": {"body": WORDS * 7}})


def measure_p(programs: Path, url: str, seconds: int) -> float:
    """P in transactions a second. `programs` holds pgbench; `url` may create databases."""
    own = make_conninfo(url, dbname=DATABASE)
    make_tables(url, own)
    command = [str(programs / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={CLIENTS}", "--jobs=2", f"--time={seconds}", "--file=-"]
    said = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        command,
        input=SCRIPT.format(conversations=CONVERSATIONS, body=BODY),
        env=login(own),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = RATE.search(said)
    if found is None:
        raise RuntimeError(f"pgbench said no rate:\n{said}")
    return float(found[1])


def make_tables(url: str, own: str) -> None:
    """Fresh and small each time, so that one run does not slow down the next."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(TABLES.format(conversations=CONVERSATIONS).encode())
        connection.execute("VACUUM ANALYZE")


def login(url: str) -> Mapping[str, str]:
    """The connection as libpq's environment, since others can read a command line."""
    parts = conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
    names |= {"password": "PGPASSWORD", "dbname": "PGDATABASE"}  # pragma: allowlist secret
    given = {names[key]: str(value) for key, value in parts.items() if key in names}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **given}
