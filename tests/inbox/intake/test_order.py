"""Whatever the order, however often, and in whatever batches: the same webhooks, the same rows."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Channel
from inbox.actions.early_events import join_orphans
from inbox.intake.applier import apply_stored
from inbox.models import (
    Bell,
    Contact,
    Conversation,
    EarlyEvent,
    Event,
    Identity,
    Message,
    QuarantinedEvent,
    Reaction,
    SessionWindow,
    WebhookDelivery,
)
from tests.cast import AT
from tests.inbox.payloads.webhooks import (
    DIEGO,
    MARINA,
    US,
    body_of,
    contact,
    envelope,
    incoming,
    message,
    metadata,
    seconds,
    status,
    told,
)

MODELS = (Event, Bell, Reaction, EarlyEvent, Message, SessionWindow, QuarantinedEvent)
MODELS += (WebhookDelivery,)


def text(body: str, second: float, who: str = DIEGO, **more: Any) -> dict[str, Any]:
    name = "Diego" if who == DIEGO else "Marina"
    people = [contact(who, name=f"{name} {int(second) % 2}", username=f"{name}{int(second)}")]
    item = message(text=body, id=f"wamid.{body}", sender=who, at=seconds(second), **more)
    return incoming(item, people=people)


def change(kind: str, second: float, about: dict[str, Any]) -> dict[str, Any]:
    return incoming(message(kind, id=f"wamid.{kind}{second}", at=seconds(second), **{kind: about}))


def echo(body: str, second: float) -> dict[str, Any]:
    item = message(text=body, id=f"wamid.{body}", sender=US, at=seconds(second)) | {"to": DIEGO}
    return metadata() | {"message_echoes": [item]}


def call(event: str, second: float) -> dict[str, Any]:
    item = {"id": "wacid.1", "event": event, "direction": "USER_INITIATED", "from": MARINA}
    item |= {"to": US, "timestamp": str(int(seconds(second).timestamp()))}
    return metadata() | {"contacts": [contact(MARINA, name="Marina 1")], "calls": [item]}


# One value an event; each second is used once, as ties go by arrival.
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("messages", text("one", 1)),
    ("messages", text("two", 3, context={"id": "wamid.one"})),
    ("messages", text("three", 8, context={"id": "wamid.echo"})),
    ("messages", text("hers", 2, who=MARINA)),
    ("messages", text("hers-again", 9, who=MARINA)),
    ("smb_message_echoes", echo("echo", 5)),
    ("messages", told(status("delivered", "wamid.echo", at=seconds(6)))),
    ("messages", told(status("read", "wamid.echo", at=seconds(7)))),
    ("messages", told(status("failed", "wamid.nobody-knows", errors=[{"code": 131026}]))),
    ("messages", change("reaction", 10, {"message_id": "wamid.one", "emoji": "👍"})),
    ("messages", change("reaction", 11, {"message_id": "wamid.one", "emoji": ""})),
    ("messages", change("reaction", 12, {"message_id": "wamid.echo", "emoji": "❤️"})),
    (
        "messages",
        change(
            "edit",
            13,
            {
                "original_message_id": "wamid.two",
                "message": {"type": "text", "text": {"body": "two, better"}},
            },
        ),
    ),
    ("messages", change("revoke", 14, {"original_message_id": "wamid.hers"})),
    ("calls", call("connect", 15)),
    ("messages", incoming(message("text", text=["poison"], id="wamid.poison", at=seconds(16)))),
]


def state() -> dict[str, list[Any]]:
    """Everything that a person could see of it, without ids and arrival times."""
    return {
        "messages": [
            (m.provider_id, m.direction, m.text, m.status, m.at, *more_of(m))
            for m in Message.objects.order_by("provider_id")
        ],
        "conversations": [
            (str(c.contact), c.status, c.floor, c.preview, *numbers_of(c))
            for c in Conversation.objects.order_by("contact__profile_name")
        ],
        "windows": sorted(SessionWindow.objects.values_list("opened_at", "closes_at")),
        "identities": sorted(Identity.objects.values_list("kind", "key", "value")),
        "events": sorted(Event.objects.exclude(kind="opened").values_list("kind", "provider_id")),
        "early": sorted(EarlyEvent.objects.values_list("kind", "provider_id")),
        "quarantine": sorted(set(QuarantinedEvent.objects.values_list("reason", flat=True))),
    }


def more_of(m: Message) -> list[Any]:
    quoted = m.quoted and m.quoted.provider_id
    emoji = sorted(reaction.emoji for reaction in m.reactions.all())
    return [m.delivered_at, m.read_at, m.edited_at, m.revoked_at, quoted, m.payload, emoji]


def numbers_of(c: Conversation) -> list[Any]:
    times = [c.waiting_since, c.last_message_at, c.last_inbound_at, c.window_closes_at]
    return [c.inbound_count, c.message_count, *times]


def run(deliveries: list[list[int]]) -> dict[str, list[Any]]:
    """Each inner list is one POST; a -1 in it lets the applier come by before the next."""
    clear()
    for indexes in deliveries:
        changes = [EVENTS[index] for index in indexes if index >= 0]
        document = envelope()
        document["entry"][0]["changes"] = [{"field": f, "value": v} for f, v in changes]
        WebhookDelivery.objects.create(body=body_of(document))
        if -1 in indexes:
            apply_stored()
    apply_stored()
    join_orphans(at=AT)
    return state()


def clear() -> None:
    for model in (*MODELS, Conversation, Identity, Contact):
        model._base_manager.all().delete()


@st.composite
def schedules(draw: st.DrawFn) -> list[list[int]]:
    """A permutation with duplicates, cut into POSTs, some of them applied at once."""
    numbers = list(range(len(EVENTS)))
    again = draw(st.lists(st.sampled_from(numbers), max_size=6))
    order = draw(st.permutations(numbers + again))
    cuts = draw(st.sets(st.integers(1, len(order) - 1), max_size=8))
    edges = [0, *sorted(cuts), len(order)]
    posts = [order[a:b] for a, b in itertools.pairwise(edges)]
    applied = draw(st.sets(st.integers(0, len(posts) - 1)))
    return [[*post, -1] if n in applied else post for n, post in enumerate(posts)]


EXPECTED: dict[str, list[Any]] = {}


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a failing schedule is short enough to read
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schedule=schedules())
def test_any_permutation_partition_and_repetition_gives_the_same_rows(
    channel: Channel, schedule: list[list[int]]
) -> None:
    if not EXPECTED:
        EXPECTED.update(run([[index] for index in range(len(EVENTS))]))
    assert run(schedule) == EXPECTED


def test_the_story_is_what_it_should_be(channel: Channel) -> None:
    """So that the property above does not compare nothing with nothing."""
    told_story = run([[index] for index in range(len(EVENTS))])
    assert [row[:4] for row in told_story["messages"]] == [
        ("wamid.echo", "out", "echo", "read"),
        ("wamid.hers", "in", "hers", "received"),
        ("wamid.hers-again", "in", "hers-again", "received"),
        ("wamid.one", "in", "one", "received"),
        ("wamid.three", "in", "three", "received"),
        ("wamid.two", "in", "two, better", "received"),
    ]
    diego, marina = told_story["conversations"]
    assert diego[2:8] == ("human", "three", 3, 4, seconds(8), seconds(8))
    assert marina[2:6] == ("bot", "hers-again", 2, 2)
    assert told_story["early"] == [("status", "wamid.nobody-knows")]
    assert told_story["quarantine"] == ["wrong_type"]
    assert ("call", "wacid.1:connect") in told_story["events"]
