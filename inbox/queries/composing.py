"""What the composer shows: in which state it is, the draft, and the templates to choose from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from accounts.models import User
from inbox.models import CannedReply, Conversation, Draft, Identity
from inbox.queries.access import people_who_may_see, team_ids
from templates_app import life
from templates_app.models import MessageTemplate
from templates_app.rendering import unsupported

MOST_TEMPLATES = 200
MOST_REPLIES = 50


class State(StrEnum):
    """What may be written now."""

    OPEN = "open"
    CLOSED = "closed"
    BLOCKED = "blocked"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Choices:
    """Templates that may be sent here, as searched, and every language that there is."""

    templates: list[MessageTemplate]
    languages: list[str]
    total: int


def composer_state(conversation: Conversation, at: datetime) -> State:
    """Closed means that only a template may go; over, that the conversation itself is closed."""
    if conversation.status != Conversation.Status.OPEN:
        return State.OVER
    if conversation.contact.is_blocked:
        return State.BLOCKED
    return State.OPEN if conversation.window.is_open(at) else State.CLOSED


def draft_of(conversation: Conversation, user: User) -> Draft | None:
    """What this person has begun to write here; it may have come with the conversation."""
    if (own := getattr(conversation, "own_drafts", None)) is not None:
        return next(iter(own), None)
    return Draft.objects.filter(conversation=conversation, user=user).first()


def template_choices(
    conversation: Conversation, *, words: str = "", language: str = ""
) -> Choices:
    """Approved templates of the number's account that can be sent from the page, by name."""
    number = conversation.channel.number
    if number is None:
        return Choices([], [], 0)
    rows = MessageTemplate.objects.filter(waba=number.waba_id, status__in=life.SENDABLE)
    usable = [row for row in rows.order_by("name", "language") if not unsupported(row)]
    chosen = [
        row
        for row in usable
        if (not language or row.language == language) and _speaks_of(row, words)
    ]
    own = conversation.contact.language
    chosen.sort(key=lambda row: not is_spoken(row.language, own))
    known = {row.language for row in usable}
    languages = sorted(known, key=lambda code: (not is_spoken(code, own), code))
    return Choices(chosen[:MOST_TEMPLATES], languages, len(usable))


def is_spoken(language: str, own: str) -> bool:
    """Is a template in the customer's language, of whatever country? Not known: no."""
    first, second = (code.casefold().replace("-", "_").split("_")[0] for code in (language, own))
    return bool(second) and first == second


def _speaks_of(template: MessageTemplate, words: str) -> bool:
    told = f"{template.name.replace('_', ' ')} {template.name} {template.category}".casefold()
    texts = [str(part.get("text", "")) for part in template.components if isinstance(part, dict)]
    told += " ".join(texts).casefold()
    return all(word in told for word in words.casefold().split())


def canned_replies(conversation: Conversation, user: User, words: str) -> list[CannedReply]:
    """Replies for everybody, of the person's teams and of the conversation's; by shortcut."""
    rows = CannedReply.objects.all()
    if not user.is_administrator:
        teams = {*team_ids(user), conversation.team_id}
        rows = rows.filter(Q(team__isnull=True) | Q(team__in=teams - {None}))
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(shortcut__icontains=word) | Q(title__icontains=word) | Q(text__icontains=word)
        )
    found = list(rows.select_related("team").order_by("shortcut", "pk")[:MOST_REPLIES])
    start = words.casefold()
    return sorted(found, key=lambda reply: not reply.shortcut.casefold().startswith(start))


def people_to_mention(conversation: Conversation, user: User, words: str) -> list[User]:
    """Colleagues who may see the conversation, whose name holds the words."""
    rows = people_who_may_see(conversation).exclude(pk=user.pk)
    return list(rows.filter(name__icontains=words.strip()).order_by("name", "pk")[:20])


def more_facts(conversation: Conversation) -> dict[str, str]:
    """What templates may be filled with beside the canned replies' variables."""
    contact = conversation.contact
    phones = [row.value for row in contact.identities.all() if row.kind == Identity.Kind.PHONE]
    return {
        "phone": next(iter(phones), ""),
        "email": contact.email,
        "company": contact.company,
    }
