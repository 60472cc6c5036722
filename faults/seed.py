"""Puts the cast into Sash, and prints who is signed in: `python -m faults.seed`, a process of
its own, so that the harness needs no Django."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from accounts.models import Channel, Membership, PhoneNumber, Team, User, Waba, WhatsAppApp  # noqa: E402
from bots.models import Flow  # noqa: E402
from faults import cast  # noqa: E402
from faults.settings import Load  # noqa: E402


def main() -> None:
    """Once for each machine: a load comes in, a list of (user, team, session key) goes out."""
    load = Load(**json.loads(sys.argv[1]))
    waba = make_account()
    teams = [make_team(waba, each) for each in cast.teams_of(load)]
    Flow.objects.create(
        name="Opening times", trigger="keyword", keywords=[cast.BELL_WORD], text=cast.BELL_ANSWER
    )
    people = [make_agent(number, teams[number % load.teams]) for number in range(load.browsers)]
    json.dump(people, sys.stdout)


def make_account() -> Waba:
    app = WhatsAppApp.objects.create(
        name="Faults",
        app_id=cast.APP_ID,
        app_secret=os.environ["SIMULATOR_APP_SECRET"],
        verify_token=os.environ["SIMULATOR_VERIFY_TOKEN"],
    )
    token = os.environ["SIMULATOR_ACCESS_TOKEN"]
    return Waba.objects.create(waba_id=cast.ACCOUNT, name="Faults", app=app, access_token=token)


def make_team(waba: Waba, each: cast.Team) -> Team:
    """A team with a number, whose new conversations are its own."""
    team = Team.objects.create(name=each.name)
    number = PhoneNumber.objects.create(
        waba=waba,
        phone_number_id=each.number,
        display_phone_number=each.display,
        verified_name=each.name,
        throughput=each.throughput,
    )
    Channel.objects.create(name=each.name, number=number, default_team=team)
    return team


def make_agent(number: int, team: Team) -> tuple[int, int, str]:
    """A person with a session as signing in makes it."""
    user = User.objects.create(
        email=f"agent{number}@sash.test",
        name=f"Agent {number}",
        password="!",  # noqa: S106
    )
    Membership.objects.create(user=user, team=team)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return user.pk, team.pk, str(session.session_key)


if __name__ == "__main__":
    main()
