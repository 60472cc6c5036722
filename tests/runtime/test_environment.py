"""What `make run` decides from the person's settings, and what it makes up itself."""

import stat
from pathlib import Path

import pytest

from config.launcher.box import draw_box
from config.launcher.environment import (
    KEYS,
    Plan,
    given_settings,
    make_plan,
    simulator_settings,
    web_settings,
)
from config.services.secrets_file import keep_secrets, password, read_secrets

OWN_DATABASE = {"DATABASE_URL": "postgresql://db.example/sash"}
ALL = Plan(postgres=True, valkey=True, demo=True, simulator=True)


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        ({}, ALL),
        ({"DATABASE_URL": ""}, ALL),
        (OWN_DATABASE, Plan(postgres=False, valkey=True, demo=False, simulator=False)),
        (
            OWN_DATABASE | {"SASH_DEMO": "1"},
            Plan(postgres=False, valkey=True, demo=True, simulator=True),
        ),
        ({"REDIS_URL": "redis://x"}, Plan(postgres=True, valkey=False, demo=True, simulator=True)),
        ({"SASH_DEMO": "0"}, Plan(postgres=True, valkey=True, demo=False, simulator=False)),
        (
            {"WHATSAPP_GRAPH_URL": "https://graph.facebook.com"},
            Plan(postgres=True, valkey=True, demo=True, simulator=False),
        ),
    ],
)
def test_own_servers_are_used_and_never_get_demo_people_unasked(given: dict[str, str], plan: Plan):
    assert make_plan(given) == plan


def test_keys_are_made_once_and_kept_private(tmp_path: Path):
    file = tmp_path / "secrets.env"
    first = keep_secrets(file, {"ONE": password})
    second = keep_secrets(file, {"ONE": password, "TWO": password})
    assert first["ONE"] == second["ONE"] != second["TWO"]
    assert read_secrets(file) == second
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.env"]


def test_a_half_written_key_file_is_replaced(tmp_path: Path):
    (tmp_path / "secrets.env.new").write_text("ONE=half", encoding="ascii")
    kept = keep_secrets(tmp_path / "secrets.env", {"ONE": password})
    assert kept["ONE"] != "half"


def test_what_the_person_sets_stands_over_the_file_and_both_over_ours(tmp_path: Path):
    (tmp_path / ".env").write_text(
        "# a comment\nSASH_BASE_URL=https://file.example\nSASH_SECRET_KEY=from file\n",
        encoding="utf-8",
    )
    given = given_settings({"SASH_BASE_URL": "https://shell.example"}, tmp_path / ".env")
    settings = web_settings(given, data=tmp_path, port=8123, demo=False)
    assert settings["SASH_BASE_URL"] == "https://shell.example"
    assert settings["SASH_SECRET_KEY"] == "from file"
    assert settings["PORT"] == "8123"
    assert settings["SASH_DEMO"] == "0"


def test_keys_are_the_same_at_every_start(tmp_path: Path):
    starts = [web_settings({}, data=tmp_path, port=8000, demo=True) for _ in range(2)]
    assert [{name: start[name] for name in KEYS} for start in starts] == [
        {name: starts[0][name] for name in KEYS}
    ] * 2
    assert len(starts[0]["SASH_SECRET_KEY"]) > 50


def test_sash_and_the_simulator_find_each_other(tmp_path: Path):
    settings = simulator_settings(data=tmp_path, port=4041, web_port=8001)
    assert settings["WHATSAPP_GRAPH_URL"] == "http://127.0.0.1:4041"
    assert settings["SIMULATOR_PORT"] == "4041"
    assert settings["SIMULATOR_CUSTOMERS"] == str(tmp_path / "simulator-customers.json")
    assert settings["SIMULATOR_WEBHOOK_URL"] == "http://127.0.0.1:8001/webhooks/whatsapp/"


def test_a_box_is_as_wide_as_its_longest_line():
    widths = {len(line) for line in draw_box(["Sash", "", "http://localhost"]).split("\n") if line}
    assert widths == {len("http://localhost") + 6}
