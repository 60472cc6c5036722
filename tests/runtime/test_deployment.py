"""The Procfile is the one place for command lines; compose.yaml and the image follow it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.launcher.environment import Plan
from config.launcher.launch import commands
from config.process import read_procfile

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES = {"web", "sender", "worker", "beat"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def test_make_run_starts_what_production_runs_and_the_simulator():
    plan = Plan(postgres=True, valkey=True, demo=True, simulator=True)
    started = commands(ROOT, plan)
    assert started.pop("simulator") == "python -m simulator"
    assert started == read_procfile(ROOT)
    assert set(started) == PROCESSES


def test_compose_satisfies_the_public_schema_of_compose_files():
    check = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(check, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_compose_runs_every_process_of_the_procfile_from_one_image(compose: dict[str, Any]):
    started = {
        service["command"][0]: service
        for service in compose["services"].values()
        if service["image"] == "sash" and "command" in service
    }
    assert set(started) == PROCESSES | {"intake"}
    assert started["intake"]["profiles"] == ["scaled"]
    for service in started.values():
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_servers_and_pages_say_whether_they_are_healthy(compose: dict[str, Any]):
    services = compose["services"]
    assert {name for name, service in services.items() if "healthcheck" in service} == {
        "postgres",
        "valkey",
        "web",
        "worker",
        "intake",
    }


def test_compose_holds_no_secret(compose: dict[str, Any]):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "AUTH" in name or name.endswith("_URL"):
                assert "${" in value, name


def test_every_variable_that_compose_asks_for_is_in_the_example():
    asked = (ROOT / "compose.yaml").read_text(encoding="utf-8").split("${")[1:]
    names = {part.split(":")[0] for part in asked} - {"PORT"}
    example = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert names <= {line.partition("=")[0] for line in example}


def test_the_example_holds_no_secret():
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name.endswith(("_KEY", "_PASSWORD", "_TOKEN")) and not name.startswith("#"):
            assert value == ""


def test_the_image_has_hashes_and_no_root():
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in image
    assert image.index("USER sash") < image.index("ENTRYPOINT")


def test_an_unknown_process_is_refused_with_the_names_of_the_known():
    done = subprocess.run(
        [sys.executable, "-m", "config.process", "wbe"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no process 'wbe'; known are web, sender, worker, beat, intake" in done.stderr


def test_the_kubernetes_example_runs_each_process_and_scales_those_that_may():
    text = (ROOT / "docs/kubernetes/sash.yaml").read_text(encoding="utf-8")
    items = yaml.safe_load(text)["items"]
    deployed = {
        item["spec"]["template"]["spec"]["containers"][0]["args"][0]: item["spec"]
        for item in items
        if item["kind"] == "Deployment"
    }
    assert set(deployed) == PROCESSES | {"intake"}
    assert {name for name, spec in deployed.items() if spec["replicas"] == 1} == {"beat"}
    for spec in deployed.values():
        pod = spec["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    assert not [item for item in items if item["kind"] == "Secret"]
