"""The only place that touches SQLite: a few tables, and documents by kind and id."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

Doc = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS docs (
  kind TEXT, id TEXT, seq INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL, UNIQUE (kind, id));
CREATE TABLE IF NOT EXISTS aliases (alias TEXT PRIMARY KEY, customer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, customer TEXT NOT NULL,
  number TEXT NOT NULL, direction TEXT NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL,
  status TEXT NOT NULL, body TEXT NOT NULL, extra TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS messages_thread ON messages (customer, number, seq);
CREATE TABLE IF NOT EXISTS media (
  id TEXT PRIMARY KEY, number TEXT, mime TEXT, filename TEXT, sha256 TEXT, size INTEGER,
  created REAL, expires REAL, source TEXT, content BLOB);
CREATE TABLE IF NOT EXISTS ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, call TEXT, method TEXT, path TEXT, number TEXT,
  customer TEXT, kind TEXT, wamid TEXT, opaque TEXT, http INTEGER, code INTEGER,
  accepted INTEGER, answered TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS webhooks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, account TEXT, number TEXT, lane TEXT,
  field TEXT, value TEXT, state TEXT, attempts INTEGER DEFAULT 0, due REAL, answer TEXT);
CREATE INDEX IF NOT EXISTS webhooks_pending ON webhooks (state, seq);
"""
TABLES = ("docs", "aliases", "messages", "media", "ledger", "webhooks")


class Store:
    def __init__(self, path: str = "") -> None:
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=5000;" + SCHEMA
        )

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement; the id of the row that it inserted, if it did."""
        return self._db.execute(sql, values).lastrowid or 0

    def one(self, sql: str, *values: Any) -> Doc | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return dict(row) if row else None

    def all(self, sql: str, *values: Any) -> list[Doc]:
        return [dict(row) for row in self._db.execute(sql, values)]

    def count(self, sql: str, *values: Any) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    def get(self, kind: str, key: str) -> Doc | None:
        row = self.one("SELECT doc FROM docs WHERE kind = ? AND id = ?", kind, key)
        return json.loads(row["doc"]) if row else None

    def put(self, kind: str, key: str, doc: Doc) -> Doc:
        self.run(
            "INSERT INTO docs (kind, id, doc) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc",
            *(kind, key, json.dumps(doc)),
        )
        return doc

    def change(self, kind: str, key: str, **values: Any) -> Doc:
        """Set some keys of a document. Raises KeyError where it does not exist."""
        doc = self.get(kind, key)
        if doc is None:
            raise KeyError(key)
        return self.put(kind, key, {**doc, **values})

    def list(self, kind: str) -> list[Doc]:
        rows = self.all("SELECT doc FROM docs WHERE kind = ? ORDER BY seq", kind)
        return [json.loads(row["doc"]) for row in rows]

    def delete(self, kind: str, key: str) -> None:
        self.run("DELETE FROM docs WHERE kind = ? AND id = ?", kind, key)

    def clear(self) -> None:
        for table in TABLES:
            self.run(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def close(self) -> None:
        self._db.close()
