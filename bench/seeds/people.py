"""Teams with their numbers and channels, agents in them, and a session for each."""

from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Channel, Membership, PhoneNumber, Team, User, Waba, WhatsAppApp

FIRST_NUMBER = 106540352242000


def run(*, teams: int, agents: int, throughput: str = "STANDARD") -> dict[str, Any]:
    """Agents go round the teams. Answers app_secret, numbers, teams, and sessions with users.

    numbers[i] is the phone_number_id whose channel feeds teams[i]; sessions[k] is the cookie of
    users[k], who is in teams[k % len(teams)].
    """
    secret = token_hex(16)
    app = WhatsAppApp.objects.create(
        name="Bench", app_id="1", app_secret=secret, verify_token=token_hex(16)
    )
    waba = Waba.objects.create(waba_id="1", name="Bench", app=app, access_token=token_hex(16))
    made = [Team.objects.create(name=f"Team {place}") for place in range(teams)]
    numbers = [make_channel(waba, team, throughput) for team in made]
    people = make_people(agents, made)
    return {
        "app_secret": secret,
        "waba": waba.waba_id,
        "numbers": numbers,
        "teams": [team.pk for team in made],
        "users": [user.pk for user in people],
        "sessions": make_sessions(people),
    }


def make_channel(waba: Waba, team: Team, throughput: str) -> str:
    number = PhoneNumber.objects.create(
        waba=waba,
        phone_number_id=str(FIRST_NUMBER + team.pk),
        display_phone_number=f"+55 11 5550 {team.pk:04d}",
        verified_name=f"Shop {team.pk}",
        throughput=throughput,
    )
    Channel.objects.create(name=f"Line {team.pk}", number=number, default_team=team)
    return number.phone_number_id


def make_people(count: int, teams: list[Team]) -> list[User]:
    people = User.objects.bulk_create(
        User(email=f"agent{place}@bench.test", name=f"Agent {place}", password="!")  # noqa: S106 - nobody's
        for place in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=user, team=teams[place % len(teams)]) for place, user in enumerate(people)
    )
    return people


def make_sessions(people: list[User]) -> list[str]:
    """As signing in leaves them, without the time that a password's hash takes."""
    store = SessionStore()
    expires = timezone.now() + timedelta(hours=12)
    rows = [
        Session(
            session_key=token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for user in people
    ]
    return [session.session_key for session in Session.objects.bulk_create(rows)]
