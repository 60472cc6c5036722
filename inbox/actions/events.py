"""The only place that writes what people did to a conversation as an event of its thread.

kind            data (names are kept as they were then)
started         channel, phone
taken           user, name
given_back      user, name, team
assigned        user, name, team, team_name, from_user, from_name, from_team, from_team_name, note
handed_over     reason, team_name (a bot gave the word to people)
handed_back     - (somebody gave it back to the bot)
floor_taken     - (a person's reply took the word from the bot)
joined, left    user, name, role
closed          reason
reopened        -
snoozed         until (ISO 8601)
woken           why: "time", "person"
labelled        added, removed (lists of names)
priority        priority (0 to 2), was
archived        archive, digest
restored        archive
blocked, unblocked  -
opted_in, opted_out purposes (also of the customer, who has no actor)
"""

from datetime import datetime
from typing import Any

from accounts.models import User
from inbox.actions import pushes
from inbox.models import Conversation, Event


def record_event(
    *, conversation: Conversation, kind: str, actor: User | None, at: datetime, **data: Any
) -> Event:
    """Append an event and push its line. data: JSON values, ids and names of the moment.

    Call it after the conversation has its new state: who hears of it is read from there.
    """
    event = Event.objects.create(
        conversation=conversation, kind=kind, actor=actor, at=at, data=data
    )
    pushes.event_added(event)
    return event
