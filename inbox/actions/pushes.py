"""What the actions tell the open pages. Call inside the transaction; it leaves on commit."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import F

from accounts.models import User
from core.live import EVERYONE, live_event, publish, publish_all
from inbox.models import Conversation, Event, Message
from inbox.queries.access import audiences_of_many, conversation_audiences

NOBODY: frozenset[str] = frozenset()


def conversation_changed(conversation: Conversation, *, lost: Iterable[str] = NOBODY) -> None:
    """Row, header and panel. lost: audiences that could see it before and no longer may."""
    audiences = conversation_audiences(conversation)
    publish("conversation.changed", to=audiences, lost=lost, conversation=conversation.pk)


def message_changed(message: Message) -> None:
    """One bubble, new or changed, and the conversation's row."""
    publish(
        "message.changed",
        to=conversation_audiences(message.conversation),
        conversation=message.conversation_id,
        messages=[message.pk],
    )


def messages_changed(
    changes: Mapping[int, Iterable[int]],
    *,
    taken: Iterable[int] = (),
    turned: Iterable[int] = (),
) -> None:
    """The batch form: conversation id -> message ids (none: the row alone).

    taken, turned: conversations whose floor people took, and whose window opened or closed.
    Nothing is read for it while nobody listens.
    """
    told: list[tuple[str, int, dict[str, Any]]]
    told = [("message.changed", pk, {"messages": list(ids)}) for pk, ids in changes.items()]
    told += [("conversation.changed", pk, {}) for pk in sorted(taken)]
    told += [("window.changed", pk, {}) for pk in sorted(turned)]
    if told:
        publish_all(lambda: _addressed(told))


def _addressed(told: list[tuple[str, int, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    rows = Conversation.objects.filter(pk__in={pk for _, pk, _ in told}).only("team", "assignee")
    audiences = audiences_of_many(rows)
    for kind, pk, ids in told:
        if pk in audiences:
            yield live_event(kind, to=audiences[pk], conversation=pk, **ids)


def touch_messages(message_ids: Iterable[int]) -> None:
    """Give rows a new seq without changing them, so that pages which catch up draw them again."""
    Message.objects.filter(pk__in=list(message_ids)).update(status=F("status"))


def event_added(event: Event) -> None:
    """A slim line in the thread."""
    publish(
        "event.added",
        to=conversation_audiences(event.conversation),
        conversation=event.conversation_id,
        event=event.pk,
    )


def window_changed(conversation: Conversation) -> None:
    """Composer and header of who has it open: the window opened or closed."""
    publish(
        "window.changed", to=conversation_audiences(conversation), conversation=conversation.pk
    )


def access_changed(user_ids: Iterable[int]) -> None:
    """These people may see more or less than before: their pages ask again, their sockets too."""
    users = sorted(set(user_ids))
    publish("access.changed", to={f"user.{pk}" for pk in users}, users=users)


def desk_changed(user: User, conversation: Conversation) -> None:
    """One person's own marks on one row: unread, draft, mention."""
    publish("desk.changed", to={f"user.{user.pk}"}, conversation=conversation.pk)


def typing_changed(conversation: Conversation, user: User, *, is_typing: bool) -> None:
    """A colleague began or ceased to type."""
    _somebody("typing.changed", conversation, user, is_now=is_typing)


def viewing_changed(conversation: Conversation, user: User, *, is_viewing: bool) -> None:
    """A colleague opened or left the conversation."""
    _somebody("viewing.changed", conversation, user, is_now=is_viewing)


def presence_changed(user: User) -> None:
    """Somebody became available, away or offline; every signed-in colleague may know."""
    publish("presence.changed", to={EVERYONE}, user=user.pk)


def presence_asked(user_ids: Iterable[int]) -> None:
    """No page of theirs is left in one process: another that has one says so."""
    publish("presence.asked", to=NOBODY, users=sorted(set(user_ids)))


def _somebody(kind: str, conversation: Conversation, user: User, *, is_now: bool) -> None:
    publish(
        kind,
        to=conversation_audiences(conversation),
        conversation=conversation.pk,
        user=user.pk,
        is_now=is_now,
    )
