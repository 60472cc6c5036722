"""The fixed names of a dataset: who signs in, and the secrets that webhooks are signed with."""

APP_SECRET = "app-secret-of-the-benches"  # noqa: S105 # pragma: allowlist secret
VERIFY_TOKEN = "verify-token-of-the-benches"  # noqa: S105
ACCESS_TOKEN = "access-token-of-the-benches"  # noqa: S105
TEAMS, AGENTS, SUPERVISORS = 20, 1000, 20

# What each sees: the three smallest teams, the largest team, three teams in between, all.
PEOPLE = {
    "agent of small teams": "small@bench.example",
    "agent of a large team": "large@bench.example",
    "supervisor": "supervisor@bench.example",
    "administrator": "administrator@bench.example",
}


def phone_number_id(rank: int) -> str:
    """Meta's id of the number of the team with this rank; 1 has most customers, TEAMS fewest."""
    return str(106540352240000 + rank)
