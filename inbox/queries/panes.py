"""One conversation with whatever a pane draws beside it, in one query.

Each piece of the pane names its parts: they come with the conversation as plain lists.
"""

from collections.abc import Callable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Value

from accounts.models import User
from core.gathering import Gathered, gather
from core.prepared import Prepared
from inbox.models import Attachment, Consent, Conversation, Draft, Event, Mention, Participant
from inbox.queries.access import conversations_for, shape_of, stand_in, team_ids
from inbox.queries.consents import newest_of
from inbox.queries.cursor import Cursor
from inbox.queries.views import identities_of, with_marks
from inbox.queries.walks import IsAny

EARLIER, FILES, NEWEST_EVENTS = 5, 30, 60
ACTOR = ("kind", "at", "data", "actor__name", "actor__email")
Parts = dict[str, Gathered]


def read_pane(
    user: User, conversation_id: int, pieces: frozenset[str], viewer_ids: list[int]
) -> Conversation | None:
    """The conversation as this person may see it, with their marks and the parts of `pieces`.

    pieces: names in PARTS. `cursor` is where catching up with it begins.
    """
    shape = (shape_of(user), pieces)
    found = panes.read(shape, conversation_id, viewer_ids, user.pk, *team_ids(user))
    return next(iter(found), None)


def rows_of_pane(
    shape: tuple[tuple[str, int], frozenset[str]], pk: int, viewers: list[int], *person: int
) -> QuerySet[Conversation]:
    """That one conversation. person: their id, and those of their teams."""
    user = stand_in(shape[0], person[0], person[1:])
    parts: Parts = {}
    for name in sorted(shape[1]):
        parts |= PARTS[name](user, viewers)
    rows = gather(with_marks(conversations_with_people(user), user), **parts)
    return rows.annotate(cursor=Cursor()).filter(pk=pk)


def conversations_with_people(user: User) -> QuerySet[Conversation]:
    """What nearly every door asks of a conversation: whose it is, and on which channel."""
    return conversations_for(user).select_related("contact", "channel__number", "team", "assignee")


def header_parts(user: User, viewer_ids: list[int]) -> Parts:
    """`viewers`: the people whose pages show it now."""
    shown = Value(viewer_ids, output_field=ArrayField(BigIntegerField()))
    viewers = User.objects.filter(IsAny(F("pk"), shown), is_active=True)
    return {"viewers": Gathered(viewers, "name", "email")}


def composer_parts(user: User, viewer_ids: list[int]) -> Parts:
    """`own_drafts`: what this person has begun to write, if anything."""
    drafts = Draft.objects.filter(conversation=OuterRef("pk"), user=user)
    return {
        "own_drafts": Gathered(drafts, "text", "is_note", "updated_at"),
        "contact__identities": identities_of("contact"),
    }


def panel_parts(user: User, viewer_ids: list[int]) -> Parts:
    """Who takes part, the contact's identities, `earlier` conversations as far as one may see."""
    there = Participant.objects.filter(conversation=OuterRef("pk"))
    others = conversations_for(user).filter(contact=OuterRef("contact")).exclude(pk=OuterRef("pk"))
    said = newest_of(Consent.objects.filter(contact=OuterRef("contact")))
    return {
        "contact__identities": identities_of("contact"),
        "people": Gathered(
            there.order_by("left_at", "joined_at", "pk"),
            *("role", "name", "contact_id", "joined_at", "left_at"),
            *("user__name", "user__email", "contact__name", "contact__profile_name"),
        ),
        "earlier": Gathered(
            others.order_by("-last_message_at", "-pk")[:EARLIER],
            *("preview", "last_message_at", "message_count", "status"),
            *("assignee__name", "assignee__email", "team__name", "channel__name"),
        ),
        "files": Gathered(newest_files(), "kind", "filename", "size"),
        "consents": Gathered(said, "transport", "purpose", "is_granted", "source", "at"),
    }


def newest_files() -> QuerySet[Attachment]:
    """Those of the outer conversation, voice notes and stickers left out."""
    rows = Attachment.objects.filter(
        message__conversation=OuterRef("pk"), state=Attachment.State.READY, is_voice=False
    ).exclude(kind="sticker")
    return rows.order_by("-pk")[:FILES]


def thread_parts(user: User, viewer_ids: list[int]) -> Parts:
    """`newest_events`, newest first, and `naming`: the oldest unseen mention of the person."""
    events = Event.objects.filter(conversation=OuterRef("pk")).order_by("-at", "-pk")
    mentions = Mention.objects.filter(
        conversation=OuterRef("pk"), user=user, seen_at__isnull=True
    ).order_by("at")
    return {
        "newest_events": Gathered(events[:NEWEST_EVENTS], *ACTOR),
        "naming": Gathered(mentions[:1], "message_id"),
    }


PARTS: dict[str, Callable[[User, list[int]], Parts]] = {
    "header": header_parts,
    "thread": thread_parts,
    "composer": composer_parts,
    "panel": panel_parts,
}
EVERYTHING = frozenset(PARTS)
panes = Prepared(rows_of_pane)
