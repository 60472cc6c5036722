"""A backup is whole, and what is restored from it goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User, Waba
from config.backups import BackupError
from config.backups.whole import backup, restore
from config.services import Services, running_database
from core.media import store_chunks
from inbox.actions.messages import send_message
from inbox.models import Conversation, OutboxEntry
from inbox.queries.changes import read_cursor
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
# What Sash finds where it was restored, and what becomes of it.
LOOK = """
import json, sys, uuid
import django; django.setup()
from accounts.models import User, Waba
from inbox.models import Conversation, Message, OutboxEntry
from inbox.queries.changes import CursorTooOld, changed_in_thread, read_cursor
from tests import cast
def catch_up(since):
    talk = Conversation.objects.get()
    try:
        return [m.text for m in changed_in_thread(conversation=talk, since=since).messages]
    except CursorTooOld:
        return "reload"
old, cursor = int(sys.argv[1]), read_cursor()
before = catch_up(cursor)
talk = Conversation.objects.get()
fresh = cast.inbound(talk, "After the restore", provider_id=f"wamid.{uuid.uuid4()}")
print(json.dumps({
    "token": Waba.objects.get().access_token,
    "texts": list(Message.objects.order_by("pk").values_list("text", flat=True)),
    "highest": max(Message.objects.exclude(pk=fresh.pk).values_list("pk", flat=True)),
    "fresh": fresh.pk,
    "before": before,
    "since": catch_up(cursor),
    "old": catch_up(old),
    "outbox": list(OutboxEntry.objects.values_list("state", "message__status")),
}))
"""


@pytest.fixture
def source() -> str:
    """The database of the tests."""
    name = str(connection.settings_dict["NAME"])
    before, mark, query = os.environ["DATABASE_URL"].partition("?")
    return before.rpartition("/")[0] + "/" + name + mark + query


@pytest.fixture
def media(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def elsewhere(folder: Path) -> Iterator[str]:
    """An empty database on a server that has hardly counted a transaction."""
    with Services(folder, durable=False, valkey=False) as services:
        yield services.environment["DATABASE_URL"]


@pytest.fixture
def talk(conversation: Conversation, ana: User, waba: Waba) -> Conversation:
    conversation.assignee = ana
    cast.inbound(conversation, "Before", at=timezone.now())
    return conversation


def grow_old() -> None:
    """The server has counted more transactions than a new one will for long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; "
            "END LOOP; END $$"
        )


def look(url: str, since: int) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(since)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_everything_is_there_again_and_pages_go_on(
    talk: Conversation, ana: User, source: str, elsewhere: str, media: Path, tmp_path: Path
) -> None:
    file = store_chunks([b"a picture"], limit=100)
    send_message(conversation=talk, author=ana, text="Waits to be sent", at=timezone.now())
    grow_old()
    cast.inbound(talk, "The last one", at=timezone.now())
    open_page = read_cursor()

    saved = backup(source, media, tmp_path / "backups", at=AT)
    assert saved.name == "sash-20261122-203000Z"
    assert oct(saved.stat().st_mode)[-3:] == "700"
    restored = tmp_path / "restored"
    restore(elsewhere, restored, saved, force=False)

    assert (restored / file.name[:2] / file.name).read_bytes() == b"a picture"
    found = look(elsewhere, open_page)
    assert found["token"] == cast.ACCESS_TOKEN
    assert found["texts"] == ["Before", "Waits to be sent", "The last one", "After the restore"]
    assert found["fresh"] > found["highest"], "sequences go on"
    assert "After the restore" not in found["before"]
    assert found["since"][-1] == "After the restore", "a page opened now catches up"
    assert found["old"] == "reload", "a page from before asks for itself anew"
    assert found["outbox"] == [["unknown", "unknown"]], "nothing is sent a second time"
    assert OutboxEntry.objects.get().state == "queued", "the backup changed nothing"


def test_a_second_restore_of_a_restored_one_counts_on(
    talk: Conversation, source: str, elsewhere: str, media: Path, tmp_path: Path
) -> None:
    first = backup(source, media, tmp_path, at=AT)
    restore(elsewhere, tmp_path / "one", first, force=False)
    page = look(elsewhere, 0)
    assert page["since"][-1] == "After the restore"
    second = backup(elsewhere, tmp_path / "one", tmp_path, at=AT.replace(hour=21))
    with psycopg.connect(elsewhere) as database:
        before = database.execute("SELECT inbox_cursor()").fetchone()
    restore(elsewhere, tmp_path / "one", second, force=True)
    found = look(elsewhere, before[0])
    assert found["old"] == "reload"
    assert found["texts"] == ["Before", "After the restore", "After the restore"]


def test_what_is_there_is_not_overwritten_unasked(
    talk: Conversation, source: str, elsewhere: str, media: Path, tmp_path: Path
) -> None:
    saved = backup(source, media, tmp_path, at=AT)
    with psycopg.connect(elsewhere) as database:
        database.execute("CREATE TABLE precious (id int)")
    with pytest.raises(BackupError, match="FORCE=1"):
        restore(elsewhere, tmp_path / "new", saved, force=False)
    with psycopg.connect(elsewhere) as database:
        database.execute("DROP TABLE precious")
    lying = tmp_path / "new" / "ab"
    lying.mkdir(parents=True)
    (lying / ("ab" * 16)).write_bytes(b"x")
    with pytest.raises(BackupError, match="FORCE=1"):
        restore(elsewhere, tmp_path / "new", saved, force=False)


def test_a_damaged_backup_changes_nothing(
    talk: Conversation, source: str, elsewhere: str, media: Path, tmp_path: Path
) -> None:
    saved = backup(source, media, tmp_path, at=AT)
    dump = saved / "database.dump"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 2 // 3])
    with psycopg.connect(elsewhere) as database:
        database.execute("CREATE TABLE precious (id int)")
    with pytest.raises(BackupError):
        restore(elsewhere, tmp_path / "new", saved, force=True)
    with psycopg.connect(elsewhere) as database:
        database.execute("SELECT * FROM precious")


def test_an_archive_with_strange_paths_is_refused(tmp_path: Path) -> None:
    from config.backups.media import unpack

    (tmp_path / "evil").write_text("x")
    for name in ("../evil", "/etc/evil", "ab/../../evil", "ab/short"):
        archive = tmp_path / "media.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(tmp_path / "evil", name)
        with pytest.raises(BackupError):
            unpack(archive, tmp_path / "media")
    assert not (tmp_path / "media").exists()


def test_a_backup_that_fails_leaves_nothing_half(media: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError):
        backup("postgresql://nobody@127.0.0.1:1/none", media, tmp_path / "backups", at=AT)
    assert list((tmp_path / "backups").iterdir()) == []


def test_no_password_is_on_a_command_line(source: str) -> None:
    from config.backups.programs import environment_for

    secret = environment_for("postgresql://sash:hush@/sash?host=%2Frun%2Fx")
    assert (secret["PGPASSWORD"], secret["PGHOST"]) == ("hush", "/run/x")
    with pytest.raises(BackupError, match="krbsrvname"):
        environment_for("postgresql://sash@/sash?krbsrvname=x")


def test_the_running_embedded_database_is_found(folder: Path) -> None:
    assert running_database(folder) == ""
    with Services(folder, durable=False, valkey=False) as services:
        assert running_database(folder) == services.environment["DATABASE_URL"]
    assert running_database(folder) == ""
