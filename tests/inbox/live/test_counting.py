"""The rail's counts, which a push and a page must tell alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.actions.notes import write_note
from inbox.consumers.counting import counts_for, read_matrix
from inbox.models import Conversation
from inbox.queries.access import user_audiences
from inbox.queries.counts import count_views
from tests import cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_counts_are_the_same_for_a_page_and_a_push(
    ana: User,
    ben: User,
    cleo: User,
    sofia: User,
    omar: User,
    conversation_with: Callable[..., Conversation],
) -> None:
    for number in range(6):
        contact = cast.make_contact(f"Customer {number}", f"4477000{number:05d}")
        owner = [None, ana, ben][number % 3]
        team = {"team": None} if number == 5 else {}
        cast.inbound(conversation_with(contact, assignee=owner, at=NOW, **team), at=NOW)
    shared = Conversation.objects.filter(assignee=ana).latest("pk")
    cast.Participant.objects.create(
        conversation=shared, user=cleo, role="collaborator", joined_at=NOW
    )
    write_note(conversation=shared, author=ana, text="@Ben", mentions=[ben], at=NOW)
    moved = Conversation.objects.filter(assignee=None).latest("pk")
    moved.assignee = ben
    moved.save()
    write_note(conversation=moved, author=omar, text="@Ben", mentions=[ben], at=NOW)
    Conversation.objects.filter(pk=moved.pk).update(assignee=None, team=None)
    matrix = read_matrix()
    assert counts_for(ben.pk, user_audiences(ben), matrix)[f"mention-{ben.pk}"] == 1
    for person in (ana, ben, cleo, sofia, omar):
        pushed = counts_for(person.pk, user_audiences(person), matrix)
        assert pushed == count_views(person, timezone.now()), person.name
    assert counts_for(cleo.pk, user_audiences(cleo), matrix)["open"] == 1
