"""Private notes among colleagues, and the people they mention."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from inbox.actions import pushes
from inbox.actions.rights import lock_to_see
from inbox.models import Conversation, Mention, Message
from inbox.queries.access import people_who_may_see

LONGEST = 10_000


class InvalidNote(Exception):
    """An empty note, or one that is too long; the text says which."""


class MentionsOutsiders(Exception):
    """Nobody gains access by being named: `people` may not see the conversation."""

    def __init__(self, people: list[User]) -> None:
        self.people = people
        names = ", ".join(str(person) for person in people)
        super().__init__(f"{names} may not see this conversation. Add them to it first.")


@transaction.atomic
def write_note(
    *,
    conversation: Conversation,
    author: User | None,
    text: str,
    at: datetime,
    mentions: Iterable[User] = (),
    author_kind: Message.Author = Message.Author.AGENT,
    author_name: str = "",
    client_uuid: UUID | None = None,
) -> Message:
    """A note that never leaves Sash, and an unseen mention for everybody it names.

    author None: a bot or Sash itself, named by author_name. A note changes neither the preview
    nor the order of lists. The same client_uuid again returns the first one. Raises InvalidNote,
    MentionsOutsiders, NotPermitted, WrongStatus.
    """
    text = checked_text(text)
    locked = lock_to_see(conversation, author)
    if first := written_before(client_uuid, locked, author):
        return first
    people = {person.pk: person for person in mentions if person != author}
    refuse_outsiders(locked, people)
    note = Message.objects.create(
        conversation=locked,
        channel_id=locked.channel_id,
        direction=Message.Direction.NOTE,
        author_kind=author_kind,
        author=author,
        author_name=author_name or str(author or ""),
        status=Message.Status.RECEIVED,
        text=text,
        client_uuid=client_uuid,
        at=at,
    )
    Mention.objects.bulk_create(
        Mention(user=person, message=note, conversation=locked, at=at)
        for person in people.values()
    )
    locked.save(update_fields=["status"])  # gives the row its new seq
    pushes.message_changed(note)
    for person in people.values():
        pushes.desk_changed(person, locked)
    return note


def written_before(
    client_uuid: UUID | None, conversation: Conversation, author: User | None
) -> Message | None:
    """The note that this form made already. Raises InvalidNote for another form's number."""
    if client_uuid is None:
        return None
    first = Message.objects.filter(client_uuid=client_uuid).first()
    if first and (first.conversation_id, first.author_id) != (
        conversation.pk,
        author.pk if author else None,
    ):
        raise InvalidNote("This form was used elsewhere. Reload the page.")
    return first


def checked_text(text: str) -> str:
    """The text of a note without outer blanks. Raises InvalidNote."""
    text = text.replace("\0", "").strip()
    if not text:
        raise InvalidNote("Write something first.")
    if len(text) > LONGEST:
        raise InvalidNote(f"A note has at most {LONGEST:,} characters; this has {len(text):,}.")
    return text


def refuse_outsiders(conversation: Conversation, people: dict[int, User]) -> None:
    """Raises MentionsOutsiders for those who may not see the conversation."""
    if not people:
        return
    seeing = set(
        people_who_may_see(conversation).filter(pk__in=people).values_list("pk", flat=True)
    )
    if outsiders := [person for pk, person in people.items() if pk not in seeing]:
        raise MentionsOutsiders(outsiders)
