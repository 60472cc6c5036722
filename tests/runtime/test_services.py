"""The embedded servers keep data, survive bad ends, and leave everybody else alone."""

import os
import stat
import subprocess
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.services import ServiceError, Services, home
from config.services.children import account_for, as_account
from config.services.secrets_file import read_secrets
from config.services.valkey import AT_ONCE

SECONDS = 15


def database(services: Services) -> psycopg.Connection:
    return psycopg.connect(services.environment["DATABASE_URL"], autocommit=True)


def store(services: Services) -> redis.Redis:
    return redis.Redis.from_url(services.environment["REDIS_URL"], decode_responses=True)


def test_a_second_start_keeps_what_the_first_wrote(folder: Path):
    with Services(folder / "data") as services:
        database(services).execute("CREATE TABLE kept AS SELECT 7 AS answer")
        store(services).set("kept", "seven")
    with Services(folder / "data") as services:
        assert database(services).execute("SELECT answer FROM kept").fetchone() == (7,)
        assert store(services).get("kept") == "seven"


def test_nothing_is_left_running_or_lying_about_after_the_end(folder: Path):
    with Services(folder / "data", durable=False) as services:
        started = [psutil.Process(child.pid) for child in services.children.values()]
        sockets = Path(database(services).info.host)
        assert len(started) == 2
        assert sockets.is_dir()
    assert not any(process.is_running() for process in started)
    assert not sockets.exists()


def test_make_run_is_safe_at_a_power_cut_and_tests_are_fast(folder: Path):
    durable = {}
    for name in (True, False):
        with Services(folder / str(name), durable=name) as services:
            durable[name] = database(services).execute("SHOW fsync").fetchone()
            (aof,) = store(services).config_get("appendonly").values()
            assert aof == ("yes" if name else "no")
    assert durable == {True: ("on",), False: ("off",)}


def test_letters_of_every_language_are_compared_by_their_meaning(folder: Path):
    with Services(folder / "data", durable=False, valkey=False) as services:
        row = database(services).execute("SELECT lower('ÑÁ'), 'ß' ~ '\\w'").fetchone()
        assert row == ("ñá", True)


def test_sash_is_no_superuser_of_its_database(folder: Path):
    with Services(folder / "data", durable=False, valkey=False) as services:
        connection = database(services)
        connection.execute("CREATE EXTENSION unaccent")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT pg_read_file('/etc/passwd')")


def test_both_servers_ask_for_a_password_that_no_other_user_can_see(folder: Path):
    with Services(folder / "data", durable=False) as services:
        file = folder / "data" / "secrets.env"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        secrets = read_secrets(file).values()
        pids = [child.pid for child in services.children.values()]
        shown = " ".join(part for pid in pids for part in psutil.Process(pid).cmdline())
        assert len(secrets) == 3
        assert not [secret for secret in secrets if secret in shown]
        info = database(services).info
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=info.host, user="sash", password="guess")
        port = store(services).get_connection_kwargs()["port"]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port, retry=AT_ONCE).ping()


def test_one_server_alone_can_be_wanted(folder: Path):
    with Services(folder / "data", durable=False, postgres=False) as services:
        assert list(services.environment) == ["REDIS_URL"]
    assert not (folder / "data" / "postgres").exists()


def test_a_second_start_at_the_same_time_is_told_of_the_first(folder: Path):
    with Services(folder / "data", durable=False, postgres=False) as first:
        with (
            pytest.raises(ServiceError, match=f"already running.*process {os.getpid()}"),
            Services(folder / "data", durable=False),
        ):
            pass
        assert store(first).ping()


def test_a_half_made_database_is_made_again(folder: Path):
    half = folder / "data" / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="ascii")
    with Services(folder / "data", durable=False, valkey=False) as services:
        assert database(services).execute("SELECT 1").fetchone() == (1,)
    assert not half.exists()


def test_servers_end_with_a_launcher_that_was_killed(folder: Path, hold):
    holder, servers = hold(folder / "data")
    left = (folder / "data" / "sockets").readlink()
    holder.kill()
    assert not psutil.wait_procs(servers, timeout=SECONDS)[1]
    with Services(folder / "data", durable=False) as services:
        assert database(services).execute("SELECT 1").fetchone() == (1,)
        assert not left.exists()


def test_servers_left_by_a_killed_launcher_are_ended_by_the_next(folder: Path, hold):
    holder, servers = hold(folder / "data", "no-death-signal")
    holder.kill()
    holder.wait()
    assert all(server.is_running() for server in servers)
    with Services(folder / "data", durable=False) as services:
        assert not psutil.wait_procs(servers, timeout=SECONDS)[1]
        assert database(services).execute("SELECT 1").fetchone() == (1,)


def test_killed_servers_are_recovered(folder: Path, hold):
    holder, servers = hold(folder / "data")
    for server in servers:
        server.kill()
    holder.terminate()
    holder.wait()
    assert (folder / "data" / "postgres" / "postmaster.pid").exists()
    with Services(folder / "data", durable=False) as services:
        assert database(services).execute("SELECT 1").fetchone() == (1,)


def test_a_stale_pid_that_another_program_has_now_is_neither_trusted_nor_ended(folder: Path):
    data = folder / "data"
    with Services(data, durable=False):
        pass
    account = account_for(data)
    with subprocess.Popen(["sleep", "600"], cwd="/", **as_account(account)) as other:
        for marker in ("postgres/postmaster.pid", "valkey/valkey.pid"):
            (data / marker).write_text(f"{other.pid}\n{data}/postgres\n0\n5432\n", "ascii")
        with Services(data, durable=False) as services:
            assert database(services).execute("SELECT 1").fetchone() == (1,)
            assert store(services).ping()
        assert other.poll() is None
        other.kill()


def test_a_database_of_another_version_is_left_as_it_is(folder: Path):
    with Services(folder / "data", durable=False, valkey=False):
        pass
    (folder / "data" / "postgres" / "PG_VERSION").write_text("17\n", encoding="ascii")
    with (
        pytest.raises(ServiceError, match="made by PostgreSQL 17"),
        Services(folder / "data", durable=False, valkey=False),
    ):
        pass


def test_lost_secrets_are_told_from_a_broken_database(folder: Path):
    with Services(folder / "data", durable=False, valkey=False):
        pass
    (folder / "data" / "secrets.env").unlink()
    with (
        pytest.raises(ServiceError, match=r"secrets\.env does not belong"),
        Services(folder / "data", durable=False, valkey=False),
    ):
        pass


def test_a_server_that_cannot_start_shows_the_end_of_its_log(folder: Path):
    with Services(folder / "data", durable=False, valkey=False):
        pass
    (folder / "data" / "postgres" / "postgresql.conf").write_text("nonsense\n", encoding="ascii")
    with (
        pytest.raises(ServiceError, match="syntax error in file"),
        Services(folder / "data", durable=False, valkey=False),
    ):
        pass


def test_a_very_long_path_is_no_obstacle_for_the_socket(folder: Path):
    long = folder / ("deep " * 20) / ("deeper " * 20)
    with Services(long, durable=False, valkey=False) as services:
        assert len(str(long)) > 200
        assert database(services).execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
class TestUnderRoot:
    def test_servers_run_as_a_user_who_is_not_root(self, folder: Path):
        with Services(folder / "data", durable=False) as services:
            for child in services.children.values():
                assert psutil.Process(child.pid).uids().effective != 0

    def test_servers_run_as_the_owner_of_the_data(self, folder: Path):
        data = folder / "data"
        data.mkdir()
        os.chown(data, 4321, 4321)
        assert account_for(data) is not None
        assert as_account(account_for(data))["user"] == 4321

    def test_a_clone_in_a_closed_folder_works_and_the_folder_stays_closed(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(home, "SYSTEM_HOME", folder / "system")
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        with Services(closed / "data") as services:
            database(services).execute("CREATE TABLE kept AS SELECT 7 AS answer")
        with Services(closed / "data") as services:
            assert database(services).execute("SELECT answer FROM kept").fetchone() == (7,)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert (closed / "data" / "services").resolve().parent == folder / "system"

    def test_programs_in_a_closed_folder_are_run_from_an_open_copy(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(home, "SYSTEM_HOME", folder / "system")
        monkeypatch.setattr(home, "can_reach", lambda path, account: path.name == "data")
        with Services(folder / "data", durable=False) as services:
            assert database(services).execute("SELECT 1").fetchone() == (1,)
            for child in services.children.values():
                assert folder / "system" in Path(psutil.Process(child.pid).exe()).parents
