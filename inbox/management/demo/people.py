"""Who works in the demo, and as what."""

from accounts.demo import DOMAIN, PASSWORD
from accounts.models import Membership, Team, User

__all__ = ["PASSWORD", "PEOPLE", "TEAMS", "seed_people"]

TEAMS = ("Support", "Sales")
# first name: whole name, role, teams, language
PEOPLE = {
    "ana": ("Ana Souza", User.Role.AGENT, ("Support",), "en"),
    "ben": ("Ben Carter", User.Role.AGENT, ("Support",), "en"),
    "cleo": ("Cleo Martin", User.Role.AGENT, ("Sales",), "en"),
    "sofia": ("Sofia Rossi", User.Role.SUPERVISOR, ("Support",), "en"),
    "omar": ("Omar Haddad", User.Role.ADMINISTRATOR, (), "en"),
}


def seed_people() -> dict[str, User]:
    """First name -> person. Whoever exists already is left alone, password and all."""
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in TEAMS}
    people = {}
    for key, (name, role, of_teams, language) in PEOPLE.items():
        email = key + DOMAIN
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(
                email, PASSWORD, name=name, role=role, language=language
            )
            for team in of_teams:
                lead = role == User.Role.SUPERVISOR
                Membership.objects.create(user=user, team=teams[team], is_lead=lead)
        people[key] = user
    return people
