"""What is few in a dataset, made by the models: numbers, channels, teams, people, labels.

Run by `bench.dataset.build` as a program of its own, in a transaction, on a fresh database.
"""

import random

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from accounts.models import (  # noqa: E402
    Channel,
    Membership,
    PhoneNumber,
    Team,
    User,
    Waba,
    WhatsAppApp,
)
from bench.dataset import names  # noqa: E402
from inbox.models import Label  # noqa: E402

MEMBERS = """
CREATE TABLE bench.team (rank int PRIMARY KEY, team_id bigint, channel_id bigint);
CREATE TABLE bench.member AS
SELECT team_id, user_id, row_number() OVER (PARTITION BY team_id ORDER BY user_id) - 1 AS number,
    count(*) OVER (PARTITION BY team_id) AS size
FROM accounts_membership JOIN accounts_user ON accounts_user.id = user_id
WHERE role = 'agent';
"""


@transaction.atomic
def make_all() -> None:
    app = WhatsAppApp.objects.create(
        name="Bench",
        app_id="670843887430000",
        app_secret=names.APP_SECRET,
        verify_token=names.VERIFY_TOKEN,
    )
    waba = Waba.objects.create(
        waba_id="102290129340000", name="Bench", app=app, access_token=names.ACCESS_TOKEN
    )
    teams = [Team.objects.create(name=f"Team {rank:02}") for rank in range(1, names.TEAMS + 1)]
    channels = [make_channel(waba, team, rank) for rank, team in enumerate(teams, 1)]
    make_people(teams)
    for name in ("refund", "delivery", "invoice", "complaint", "new", "returning", "vip", "spam"):
        Label.objects.create(name=name)
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS)
        cursor.executemany(
            "INSERT INTO bench.team VALUES (%s, %s, %s)",
            [(rank + 1, teams[rank].pk, channels[rank].pk) for rank in range(names.TEAMS)],
        )


def make_channel(waba: Waba, team: Team, rank: int) -> Channel:
    number = PhoneNumber.objects.create(
        waba=waba,
        phone_number_id=names.phone_number_id(rank),
        display_phone_number=f"+1 555 01{rank:02}",
        verified_name="Bench",
    )
    return Channel.objects.create(name=f"Number {rank:02}", number=number, default_team=team)


def make_people(teams: list[Team]) -> None:
    """Agents in one to three teams each, by the teams' sizes; supervisors lead three."""
    chance = random.Random(1000)  # noqa: S311 - reproducible, not secret
    weights = [1 / rank for rank in range(1, names.TEAMS + 1)]
    special = [
        (names.PEOPLE["agent of small teams"], User.Role.AGENT, teams[-3:]),
        (names.PEOPLE["agent of a large team"], User.Role.AGENT, teams[:1]),
        (names.PEOPLE["supervisor"], User.Role.SUPERVISOR, teams[4:7]),
        (names.PEOPLE["administrator"], User.Role.ADMINISTRATOR, []),
    ]
    agents = [
        (f"agent{n}@bench.example", User.Role.AGENT, pick(chance, teams, weights))
        for n in range(1, names.AGENTS - 1)
    ]
    supervisors = [
        (f"supervisor{n}@bench.example", User.Role.SUPERVISOR, chance.sample(teams, 3))
        for n in range(1, names.SUPERVISORS)
    ]
    for email, role, own in [*special, *agents, *supervisors]:
        user = User.objects.create(email=email, name=f"{role.label} {email}"[:120], role=role)
        is_lead = role == User.Role.SUPERVISOR
        Membership.objects.bulk_create(
            Membership(user=user, team=team, is_lead=is_lead) for team in own
        )


def pick(chance: random.Random, teams: list[Team], weights: list[float]) -> list[Team]:
    """One to three different teams."""
    found = chance.choices(teams, weights, k=chance.randint(1, 3))
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    make_all()
