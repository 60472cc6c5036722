"""The lists: a row's tokens and the query of each view say the same, and pages never overlap."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import Team, User
from inbox.models import Conversation, Mention, Message
from inbox.queries.access import team_ids
from inbox.queries.counts import MOST, count_views
from inbox.queries.lists import PAGE, list_conversations
from inbox.queries.views import (
    in_view,
    make_key,
    parse_key,
    view_tokens,
    with_neutral_parts,
)
from tests import cast

pytestmark = pytest.mark.django_db
Make = Callable[..., Conversation]


@pytest.fixture
def rows(conversation_with: Make, ana: User, ben: User, at: datetime) -> list[Conversation]:
    """One conversation of every sort."""
    made: list[Conversation] = []
    kinds: list[dict[str, object]] = [
        {},
        {"assignee": ana},
        {"assignee": ben},
        {"team": None},
        {"snoozed_until": at + timedelta(hours=1)},
        {"snoozed_until": at - timedelta(hours=1)},
        {"status": "closed"},
        {"status": "archived"},
        {"window_closes_at": at + timedelta(hours=2), "waiting_since": at},
        {"window_closes_at": at + timedelta(hours=2)},
        {"window_closes_at": at + timedelta(hours=9), "waiting_since": at},
        {"window_closes_at": at - timedelta(minutes=1), "waiting_since": at},
    ]
    for index, fields in enumerate(kinds):
        contact = cast.make_contact(f"Customer {index}", f"346000000{index:02d}")
        made.append(conversation_with(contact, **fields))
    note = cast.note(made[0], "@Ben", ana)
    Mention.objects.create(user=ben, message=note, conversation=made[0], at=at)
    return made


def test_tokens_and_queries_agree_for_every_view_and_row(
    rows: list[Conversation], omar: User, ana: User, ben: User, support: Team, at: datetime
) -> None:
    tokens = {
        row.pk: set(view_tokens(row, mentioned=row.mentioned, at=at))  # type: ignore[attr-defined]
        for row in with_neutral_parts(Conversation.objects.all())
    }
    assert len(tokens) == len(rows)
    for view in (
        "open",
        "unassigned",
        "closing",
        "snoozed",
        "closed",
        "archived",
        f"team-{support.pk}",
    ):
        assert {row.pk for row in in_view(omar, view, at)} == {
            pk for pk, held in tokens.items() if view in held
        }, view
    for person in (ana, ben):
        for view in (f"mine-{person.pk}", f"mention-{person.pk}"):
            assert {row.pk for row in in_view(person, view, at)} == {
                pk for pk, held in tokens.items() if view in held
            }, view


def test_counts_are_those_of_the_views(
    rows: list[Conversation], ana: User, ben: User, at: datetime
) -> None:
    for person in (ana, ben):
        counts = count_views(person, at)
        assert counts["open"] > 0
        assert counts == {view: in_view(person, view, at).count() for view in counts}


def test_nothing_is_counted_further_than_a_person_would(
    conversation_with: Make, ana: User, support: Team, at: datetime
) -> None:
    for index in range(MOST + 3):
        conversation_with(cast.make_contact(f"Customer {index}", f"34640000{index:03d}"))
    counts = count_views(ana, at)
    assert counts["open"] == counts["unassigned"] == counts[f"team-{support.pk}"] == MOST
    assert counts[f"mine-{ana.pk}"] == 0


def test_an_unknown_view_is_empty(rows: list[Conversation], omar: User, at: datetime) -> None:
    for view in ("", "nonsense", "team-", "team-x", "mine-x; drop"):
        found = in_view(omar, view, at)
        assert view.startswith("mine") or not found.exists()


@pytest.mark.parametrize("deadline_first", [False, True])
def test_pages_by_key_give_every_row_once_in_order(
    conversation_with: Make, ana: User, at: datetime, deadline_first: bool
) -> None:
    for index in range(23):
        contact = cast.make_contact(f"Customer {index}", f"346100000{index:02d}")
        moment = at - timedelta(minutes=index // 3)  # ties, so that the id decides
        conversation_with(
            contact, at=moment, window_closes_at=moment + timedelta(hours=3), waiting_since=moment
        )
    found: list[Conversation] = []
    key = ""
    for _ in range(9):
        page = list_conversations(
            user=ana, view="open", at=at, after=key, deadline_first=deadline_first, limit=4
        )
        found += page.rows
        key = page.next_key
        if not key:
            break
    assert len({row.pk for row in found}) == len(found) == 23
    moments = [row.window_closes_at if deadline_first else row.last_message_at for row in found]
    assert moments == sorted(moments, reverse=not deadline_first)  # type: ignore[type-var]


def test_a_row_carries_the_persons_own_marks(
    conversation: Conversation, inbound: Callable[..., Message], ana: User, ben: User, at: datetime
) -> None:
    inbound(conversation, "One")
    inbound(conversation, "Two")
    conversation.read_marks.create(user=ana, seen_count=1)
    conversation.drafts.create(user=ben, text="Dear", updated_at=at)
    [hers] = list_conversations(user=ana, view="open", at=at).rows
    [his] = list_conversations(user=ben, view="open", at=at).rows
    assert (hers.unread, hers.has_draft) == (1, False)  # type: ignore[attr-defined]
    assert (his.unread, his.has_draft) == (2, True)  # type: ignore[attr-defined]


def test_a_list_takes_one_query_however_long(
    conversation_with: Make,
    ana: User,
    at: datetime,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for index in range(30):
        contact = cast.make_contact(f"Customer {index}", f"346200000{index:02d}")
        conversation_with(contact, assignee=ana)
    team_ids(ana)  # a session's person brings them along
    with django_assert_num_queries(1):
        rows = list_conversations(user=ana, view="open", at=at).rows
        for row in rows:
            str(row.contact), str(row.assignee), list(row.labels.all())
            list(row.contact.identities.all())
    assert len(rows) == PAGE


def test_a_list_is_what_its_view_says_for_everybody(
    rows: list[Conversation],
    ana: User,
    ben: User,
    cleo: User,
    sofia: User,
    omar: User,
    sales: Team,
    support: Team,
    at: datetime,
) -> None:
    """The short walks that make a page leave out nothing that the person may see."""
    there = [cast.conversation_with(row.contact, row.channel, status="closed") for row in rows]
    for index, row in enumerate(there):
        row.team = [sales, None, support][index % 3]
        row.assignee = [None, ana, cleo, ben][index % 4]
        row.save()
        join(row, [ana, cleo, ben][index % 3], at)
    names = ["open", "unassigned", "closing", "snoozed", "closed", "archived"]
    for person in (ana, ben, cleo, sofia, omar):
        views = [*names, f"team-{support.pk}", f"team-{sales.pk}"]
        for view in (*views, f"mine-{person.pk}", f"mention-{person.pk}"):
            expected = set(in_view(person, view, at).values_list("pk", flat=True))
            if view == "closing":
                assert not any(row.window_closes_at <= at for row in in_view(person, view, at))
            found = list_conversations(user=person, view=view, at=at, limit=100).rows
            assert {row.pk for row in found} == expected, (person.name, view)
            few = list_conversations(user=person, view=view, at=at, limit=3).rows
            assert few == found[:3], (person.name, view)


def join(row: Conversation, person: User, at: datetime) -> None:
    row.participants.create(role="observer", user=person, joined_at=at)


def test_a_key_survives_the_way_through_an_address(at: datetime) -> None:
    moment = at + timedelta(microseconds=123_457)
    assert parse_key(make_key(moment, 91)) == (moment, 91)
    for nonsense in ("", ".", "1", "1.", ".1", "a.b", "9" * 30 + ".1", "1.-1"):
        assert parse_key(nonsense) is None


def test_a_stranger_lists_nothing(rows: list[Conversation], cleo: User, at: datetime) -> None:
    for view in ("open", "unassigned", "closing", "snoozed", "closed", "archived"):
        assert not in_view(cleo, view, at).exists()
