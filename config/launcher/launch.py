"""The order of a start: servers, ports, settings, data, processes, and then the address."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from config.healthy import answers
from config.launcher import LaunchError
from config.launcher.box import draw_box
from config.launcher.environment import (
    Plan,
    given_settings,
    make_plan,
    simulator_settings,
    web_settings,
)
from config.launcher.ports import reserve_port
from config.launcher.supervisor import Supervisor
from config.process import read_procfile
from config.services import Services, children
from config.services.valkey import AT_ONCE

WEB_PORT = 8000
SIMULATOR_PORT = 4040
HEALTHY_SECONDS = 120.0
PATIENCE = 10.0
LOOPBACK = "127.0.0.1"


def launch(root: Path) -> None:
    """Run Sash from the folder `root` until a person or the end of a process stops it.

    Raises LaunchError or ServiceError with what to do, or KeyboardInterrupt; all that was
    started has ended by then.
    """
    begun = time.monotonic()
    data = root / ".data"
    given = given_settings(os.environ, root / ".env")
    plan = make_plan(given)
    with Services(data, postgres=plan.postgres, valkey=plan.valkey) as services:
        with ExitStack() as ports:
            environment = settle(given | services.environment, plan, data, ports)
            check_servers(environment)
            words = prepare(root, environment)
        supervisor = Supervisor(commands(root, plan), environment, folder=root)
        with supervisor.running(services.children):
            wait_until_healthy(supervisor, environment)
            places = dict.fromkeys((data, services.home))
            say_ready(environment, words, places, seconds=time.monotonic() - begun)
            supervisor.wait()


def settle(given: Mapping[str, str], plan: Plan, data: Path, ports: ExitStack) -> dict[str, str]:
    """All settings of this start. Both ports stay ours as long as `ports` is open."""
    host = given.get("BIND") or LOOPBACK
    port = ports.enter_context(find_port("PORT", given, default=WEB_PORT, host=host))
    environment = web_settings(given, data=data, port=port, demo=plan.demo)
    if plan.simulator:
        phone = ports.enter_context(
            find_port("SIMULATOR_PORT", given, default=SIMULATOR_PORT, host=LOOPBACK)
        )
        environment |= simulator_settings(data=data, port=phone, web_port=port)
    programs = Path(sys.executable).parent
    return environment | {"PATH": f"{programs}:{given.get('PATH', os.defpath)}"}


@contextmanager
def find_port(name: str, given: Mapping[str, str], *, default: int, host: str) -> Iterator[int]:
    """The port for the variable `name`, and a word when it is not the usual one."""
    with reserve_port(name, given.get(name), default=default, host=host) as port:
        if name not in given and port != default:
            say(
                f"Port {default} is in use by another program, so this is {port}. "
                f"To choose one: make run {name}={port}"
            )
        yield port


def check_servers(environment: Mapping[str, str]) -> None:
    """Say at once which server does not answer; a stack of errors later would not."""
    try:
        psycopg.connect(environment["DATABASE_URL"], connect_timeout=5).close()
    except psycopg.Error as error:
        raise LaunchError(f"DATABASE_URL does not lead to a database: {error}") from None
    try:
        with redis.Redis.from_url(
            environment["REDIS_URL"], retry=AT_ONCE, socket_timeout=5
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise LaunchError(f"REDIS_URL does not lead to Redis or Valkey: {error}") from None


def prepare(root: Path, environment: Mapping[str, str]) -> str:
    """Migrate, seed and collect; returns what the demo data has to say."""
    say("Preparing the database and the static files…")
    child = children.start(
        [sys.executable, "-m", "config.launcher.prepare"],
        death=signal.SIGTERM,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        words, _ = child.communicate()
    finally:
        children.stop(child, ask=(signal.SIGTERM,), patience=PATIENCE)
    if child.returncode:
        raise LaunchError("The database could not be prepared; the lines above say why.")
    return words.decode()


def commands(root: Path, plan: Plan) -> dict[str, str]:
    """The Procfile's processes, as in production, and the simulator where it is wanted."""
    simulator = {"simulator": "python -m simulator"} if plan.simulator else {}
    return read_procfile(root) | simulator


def wait_until_healthy(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Return once every address that will be printed answers."""
    host = environment["BIND"].replace("0.0.0.0", LOOPBACK)  # noqa: S104 - no listening here
    addresses = [f"http://{host}:{environment['PORT']}/healthz"]
    if "SIMULATOR_URL" in environment:
        addresses.append(environment["SIMULATOR_URL"])
    deadline = time.monotonic() + HEALTHY_SECONDS
    name = urlsplit(environment["SASH_BASE_URL"]).netloc
    while addresses:
        if answers(addresses[0], host=name):
            addresses.pop(0)
        elif time.monotonic() > deadline:
            raise LaunchError(f"{addresses[0]} did not answer in {HEALTHY_SECONDS:.0f} s.")
        else:
            supervisor.wait(0.1)


def say_ready(
    environment: Mapping[str, str], words: str, places: Iterable[Path], *, seconds: float
) -> None:
    """The box that a person looks for."""
    lines = [f"Sash is ready ({seconds:.0f} s)", "", f"Inbox  {environment['SASH_BASE_URL']}/"]
    if phone := environment.get("SIMULATOR_URL"):
        lines.append(f"Phone  {phone}/  (plays the customers)")
    if words.strip():
        lines += ["", *words.strip().splitlines()]
    kept = " and ".join(map(str, places))
    lines += ["", "Ctrl-C stops everything. What you did is kept in", kept]
    say(draw_box(lines))


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
