"""The rail's counts for every open page, from three queries a process instead of one a person."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from inbox.models import Conversation, Mention, Participant
from inbox.queries.access import audiences_of, audiences_of_many
from inbox.queries.views import OPEN, awake, closing, is_closing

GUESTS = [Participant.Role.COLLABORATOR, Participant.Role.OBSERVER]


@dataclass(frozen=True, slots=True)
class Cell:
    """Open conversations of one team and one assignee, or one that somebody was asked into.

    Seen by whoever belongs to `audiences`, unless they see it `otherwise` already.
    """

    audiences: Set[str]
    team_id: int | None
    assignee_id: int | None
    awake: int
    closing: int
    snoozed: int
    otherwise: Set[str] = frozenset()

    def is_seen(self, audiences: Set[str]) -> bool:
        met = not audiences.isdisjoint(self.audiences)
        return met and audiences.isdisjoint(self.otherwise)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything that any person's counts are the sum of."""

    cells: list[Cell]
    mentions: dict[int, list[Set[str]]]


def read_matrix() -> Matrix:
    """What is open now, grouped. Blocking."""
    at = timezone.now()
    rows = (
        Conversation.objects.filter(status=OPEN)
        .order_by()
        .values_list("team_id", "assignee_id")
        .annotate(
            awake=Count("pk", filter=awake(at)),
            closing=Count("pk", filter=awake(at) & closing(at)),
            snoozed=Count("pk", filter=Q(snoozed_until__gt=at)),
        )
    )
    cells = [
        Cell(audiences_of(team, user, ()), team, user, *numbers) for team, user, *numbers in rows
    ]
    return Matrix([*cells, *read_guests(at)], read_mentions())


def read_guests(at: datetime) -> list[Cell]:
    """A cell for each person in each conversation that they were asked into."""
    rows = Participant.objects.filter(
        role__in=GUESTS, left_at__isnull=True, conversation__status=OPEN
    ).select_related("conversation")
    cells = []
    for row in rows:
        there = row.conversation
        sleeps = there.is_snoozed(at)
        is_near = not sleeps and is_closing(there, at)
        cells.append(
            Cell(
                {f"user.{row.user_id}"},
                there.team_id,
                there.assignee_id,
                awake=int(not sleeps),
                closing=int(is_near),
                snoozed=int(sleeps),
                otherwise=audiences_of(there.team_id, there.assignee_id, ()),
            )
        )
    return cells


def read_mentions() -> dict[int, list[Set[str]]]:
    """user id -> the audiences of each conversation with an unseen mention of theirs."""
    rows = Mention.objects.filter(seen_at__isnull=True, conversation__status=OPEN)
    pairs = list(rows.order_by().values_list("user_id", "conversation_id").distinct())
    there = Conversation.objects.filter(pk__in={pk for _, pk in pairs}).only("team", "assignee")
    audiences = audiences_of_many(there)
    found: dict[int, list[Set[str]]] = {}
    for user_id, pk in pairs:
        found.setdefault(user_id, []).append(audiences.get(pk, set()))
    return found


def counts_for(user_id: int, audiences: Set[str], matrix: Matrix) -> dict[str, int]:
    """By view token, the same numbers as queries.views.count_views."""
    mine, mentions = f"mine-{user_id}", f"mention-{user_id}"
    named = matrix.mentions.get(user_id, [])
    shown = {"open", "unassigned", "closing", "snoozed", mine}
    shown |= {name.replace(".", "-") for name in audiences if name.startswith("team.")}
    counts = Counter(dict.fromkeys(shown, 0))
    for cell in matrix.cells:
        if cell.is_seen(audiences):
            counts.update(numbers_of(cell))
    return {
        **{key: number for key, number in counts.items() if key in shown},
        mentions: sum(not audiences.isdisjoint(each) for each in named),
    }


def numbers_of(cell: Cell) -> dict[str, int]:
    """What one cell adds to which views."""
    owner = "unassigned" if cell.assignee_id is None else f"mine-{cell.assignee_id}"
    return {
        "open": cell.awake,
        "closing": cell.closing,
        "snoozed": cell.snoozed,
        f"team-{cell.team_id}": cell.awake,
        owner: cell.awake,
    }
