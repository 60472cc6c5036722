"""Sessions for people who are there already."""

from accounts.models import User
from bench.seeds.people import make_sessions


def run(*, emails: list[str]) -> dict[str, list[object]]:
    """users and sessions, in the order of the addresses."""
    known = {user.email: user for user in User.objects.filter(email__in=emails)}
    people = [known[email] for email in emails]
    return {"users": [user.pk for user in people], "sessions": list(make_sessions(people))}
