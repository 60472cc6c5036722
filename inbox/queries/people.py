"""Colleagues as the dialogs list them: whom one may assign to, and who takes part."""

from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership, Team, User
from inbox.models import Conversation, Participant
from inbox.queries.views import awake


def assignable_teams(at: datetime) -> list[Team]:
    """Every team with its active people (`team.people`), each with `open_count`."""
    rows = Membership.objects.filter(user__is_active=True).select_related("user__presence")
    ordered = rows.annotate(open_count=Coalesce(open_count(at), 0)).order_by("user__name")
    return list(
        Team.objects.order_by("name").prefetch_related(
            Prefetch("memberships", queryset=ordered, to_attr="people")
        )
    )


def open_count(at: datetime) -> Subquery:
    """How many awake conversations the person of an outer membership has."""
    rows = Conversation.objects.filter(awake(at), assignee=OuterRef("user")).order_by()
    return Subquery(rows.values("assignee").annotate(number=Count("pk")).values("number"))


def participants_of(conversation: Conversation) -> list[Participant]:
    """Who takes part now, the customer first."""
    rows = conversation.participants.filter(left_at__isnull=True)
    return list(rows.select_related("user", "contact").order_by("joined_at", "pk"))


def may_be_asked(conversation: Conversation) -> list[User]:
    """Active people who do not take part yet."""
    inside = conversation.participants.filter(left_at__isnull=True, user__isnull=False)
    return list(
        User.objects.filter(is_active=True)
        .exclude(pk__in=inside.values("user"))
        .order_by("name", "pk")
    )
