"""Who a session belongs to, with what every page asks of a person: one query a request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import OuterRef, QuerySet

from accounts.models import Membership, User
from core.gathering import Gathered, gather
from core.prepared import Prepared


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, whose person comes with their presence and the teams they are in."""

    def get_user(self, user_id: Any) -> User | None:
        user = next(iter(people.read(None, int(user_id))), None)
        return user if user and self.user_can_authenticate(user) else None


def with_teams(shape: None, pk: int) -> QuerySet[User]:
    """A person, their presence and their teams."""
    teams = Membership.objects.filter(user=OuterRef("pk")).order_by("team__name")
    rows = gather(
        User.objects.select_related("presence"),
        memberships=Gathered(teams, "user_id", "is_lead", "team__name"),
    )
    return rows.filter(pk=pk)


people = Prepared(with_teams)
