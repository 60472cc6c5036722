"""The rail's counts for every open page, from three queries a process instead of one a person."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from inbox import fragments
from inbox.models import Conversation, Mention, Participant
from inbox.queries.access import ALL, audiences_of_many, group_of
from inbox.queries.counts import MOST
from inbox.queries.views import OPEN, awake, closing, is_closing

GUESTS = [Participant.Role.COLLABORATOR, Participant.Role.OBSERVER]


@dataclass(frozen=True, slots=True)
class Cell:
    """Open conversations of one group (a team, or none) and one assignee.

    Or one into which a person was asked: then of that person's `seen_by` alone.
    """

    group: str
    team_id: int | None
    assignee_id: int | None
    awake: int
    closing: int
    snoozed: int

    def numbers(self) -> dict[str, int]:
        """What it adds to which views, but for those of a person."""
        return {
            "open": self.awake,
            "closing": self.closing,
            "snoozed": self.snoozed,
            "unassigned": self.awake if self.assignee_id is None else 0,
            f"team-{self.team_id}": self.awake,
        }


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything that any person's counts are the sum of.

    groups: by audience, each conversation in one group and in ALL. owned and asked: a person's
    own, which they see also outside their groups.
    """

    groups: dict[str, Counter[str]] = field(default_factory=dict)
    owned: dict[int, list[Cell]] = field(default_factory=dict)
    asked: dict[int, list[Cell]] = field(default_factory=dict)
    mentions: dict[int, list[Set[str]]] = field(default_factory=dict)
    sums: dict[frozenset[str], Counter[str]] = field(default_factory=dict)

    def sum_of(self, groups: frozenset[str]) -> Counter[str]:
        """What these groups come to; added up once for everybody who shares them."""
        if groups not in self.sums:
            self.sums[groups] = Counter()
            for group in groups:
                self.sums[groups].update(self.groups.get(group, {}))
        return self.sums[groups]

    def add(self, cell: Cell) -> None:
        for audience in (cell.group, ALL):
            self.groups.setdefault(audience, Counter()).update(cell.numbers())
        if cell.assignee_id is not None:
            self.owned.setdefault(cell.assignee_id, []).append(cell)


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
    matrix = Matrix(asked=read_asked(at), mentions=read_mentions())
    for team, user, *numbers in rows:
        matrix.add(Cell(group_of(team), team, user, *numbers))
    return matrix


def read_asked(at: datetime) -> dict[int, list[Cell]]:
    """user id -> a cell for each conversation that they were asked into."""
    rows = Participant.objects.filter(
        role__in=GUESTS, user__isnull=False, left_at__isnull=True, conversation__status=OPEN
    ).select_related("conversation")
    found: dict[int, list[Cell]] = {}
    for row in rows:
        there = row.conversation
        sleeps = there.is_snoozed(at)
        is_near = not sleeps and is_closing(there, at)
        numbers = (int(not sleeps), int(is_near), int(sleeps))
        cell = Cell(group_of(there.team_id), there.team_id, there.assignee_id, *numbers)
        found.setdefault(row.user_id or 0, []).append(cell)
    return found


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
    """By view token, the same numbers as queries.counts.count_views."""
    groups = frozenset({ALL} if ALL in audiences else audiences & matrix.groups.keys())
    counts = matrix.sum_of(groups)
    owned = matrix.owned.get(user_id, [])
    asked = [cell for cell in matrix.asked.get(user_id, []) if cell.assignee_id != user_id]
    beyond = [cell for cell in (*owned, *asked) if groups.isdisjoint({ALL, cell.group})]
    if beyond:
        counts = counts.copy()
        for cell in beyond:
            counts.update(cell.numbers())
    named = matrix.mentions.get(user_id, [])
    teams = [name.replace(".", "-") for name in audiences if name.startswith("team.")]
    numbers = {
        **{view: counts[view] for view in ("open", "unassigned", "closing", "snoozed")},
        **{view: counts[view] for view in sorted(teams)},
        f"mine-{user_id}": sum(cell.awake for cell in owned),
        f"mention-{user_id}": sum(not audiences.isdisjoint(each) for each in named),
    }
    return {view: min(MOST, number) for view, number in numbers.items()}


def news(
    people: Iterable[tuple[int, Set[str], int]], matrix: Matrix
) -> list[tuple[int, str] | None]:
    """For each (user id, audiences, what the page shows): the new number and frame, or None."""
    found: list[tuple[int, str] | None] = []
    for user_id, audiences, shown in people:
        counts = counts_for(user_id, audiences, matrix)
        now = hash(tuple(counts.items()))
        found.append(None if now == shown else (now, fragments.counts_frame(counts)))
    return found
