"""One person's own desk: read marks, drafts, canned replies. None of it concerns anybody else."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from inbox import signals
from inbox.actions import pushes
from inbox.actions.rights import may_see
from inbox.models import CannedReply, Conversation, Draft, Mention, Message, ReadMark
from inbox.queries.access import NotPermitted

LONGEST_DRAFT = 20_000
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class DraftTooLong(Exception):
    """Longer than any message or note may ever be."""


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """A canned reply for one conversation. What could not be filled stays as {{name}}."""

    text: str
    missing: list[str]


@transaction.atomic
def mark_read(
    *, conversation: Conversation, user: User, at: datetime, seen: int | None = None
) -> None:
    """This person has seen the conversation, and the notes that mention them.

    seen: the inbound_count that their page showed; None: all there is. Never makes anything
    unread. Raises NotPermitted.
    """
    refuse_strangers(user, conversation)
    conversation.refresh_from_db(fields=["inbound_count"])
    count = min(conversation.inbound_count, conversation.inbound_count if seen is None else seen)
    mark, is_new = ReadMark.objects.select_for_update().get_or_create(
        user=user, conversation=conversation, defaults={"seen_count": count, "seen_at": at}
    )
    has_news = count > mark.seen_count or (is_new and count > 0)
    if count > mark.seen_count:
        mark.seen_count, mark.seen_at = count, at
        mark.save(update_fields=["seen_count", "seen_at"])
    mentions = Mention.objects.filter(user=user, conversation=conversation, seen_at__isnull=True)
    if mentions.update(seen_at=at) or has_news:
        pushes.desk_changed(user, conversation)
    if has_news:
        tell_that_it_was_read(conversation, user, at)


def tell_that_it_was_read(conversation: Conversation, user: User, at: datetime) -> None:
    """On commit: whether the customer sees blue ticks is the channel's policy, kept elsewhere."""
    transaction.on_commit(
        lambda: signals.conversation_read.send_robust(
            Conversation, conversation=conversation, user=user, at=at
        ),
        robust=True,
    )


@transaction.atomic
def mark_unread(
    *, conversation: Conversation, user: User, at: datetime, message: Message | None = None
) -> None:
    """Unread again for this person alone: from a message on, or the last one of the customer.

    Raises NotPermitted.
    """
    refuse_strangers(user, conversation)
    conversation.refresh_from_db(fields=["inbound_count"])
    unread = 1 if message is None else count_inbound_from(conversation, message)
    ReadMark.objects.update_or_create(
        user=user,
        conversation=conversation,
        defaults={"seen_count": max(0, conversation.inbound_count - unread), "seen_at": at},
    )
    pushes.desk_changed(user, conversation)


def count_inbound_from(conversation: Conversation, message: Message) -> int:
    """How many messages of the customer stand from this one on, itself included."""
    inbound = conversation.messages.filter(direction=Message.Direction.IN)
    later = inbound.filter(at__gt=message.at).count()
    return later + inbound.filter(at=message.at, pk__gte=message.pk).count()


@transaction.atomic
def save_draft(
    *, conversation: Conversation, user: User, text: str, at: datetime, is_note: bool = False
) -> Draft | None:
    """Keep unsent text on the server; blank text discards it.

    Raises DraftTooLong, NotPermitted.
    """
    refuse_strangers(user, conversation)
    text = text.replace("\0", "")
    if len(text) > LONGEST_DRAFT:
        raise DraftTooLong(f"A draft has at most {LONGEST_DRAFT:,} characters.")
    if not text.strip():
        discard_draft(conversation=conversation, user=user)
        return None
    draft, is_new = Draft.objects.update_or_create(
        user=user,
        conversation=conversation,
        defaults={"text": text, "is_note": is_note, "updated_at": at},
    )
    if is_new:
        pushes.desk_changed(user, conversation)
    return draft


@transaction.atomic
def discard_draft(*, conversation: Conversation, user: User) -> None:
    """Nothing unsent of this person is left here; doing it twice does no harm."""
    deleted, _ = Draft.objects.filter(user=user, conversation=conversation).delete()
    if deleted:
        pushes.desk_changed(user, conversation)


def render_canned_reply(
    *, reply: CannedReply, conversation: Conversation, user: User
) -> RenderedReply:
    """Fill the variables once: what a customer's name says is never filled in its turn.

    Raises NotPermitted for a reply of another team.
    """
    refuse_strangers(user, conversation)
    if reply.team_id is not None and not may_use(reply, user, conversation):
        raise NotPermitted("This canned reply belongs to another team.")
    values = variables_of(conversation, user)
    names = [match[1] for match in VARIABLE.finditer(reply.text)]
    missing = [name for name in dict.fromkeys(names) if not values.get(name)]
    text = VARIABLE.sub(lambda match: values.get(match[1]) or match[0], reply.text)
    return RenderedReply(text, missing)


def may_use(reply: CannedReply, user: User, conversation: Conversation) -> bool:
    """A team's replies are for its members, and in its conversations."""
    return (
        user.is_administrator
        or reply.team_id == conversation.team_id
        or user.memberships.filter(team=reply.team_id).exists()
    )


def variables_of(conversation: Conversation, user: User) -> dict[str, str]:
    """What canned replies may say; an unknown name is an empty text."""
    name = " ".join((conversation.contact.name or conversation.contact.profile_name).split())
    return {
        "name": name,
        "first_name": name.split(" ")[0],
        "agent": user.name,
        "agent_first_name": user.first_name,
        "team": str(conversation.team or ""),
        "channel": conversation.channel.name,
    }


def refuse_strangers(user: User, conversation: Conversation) -> None:
    """Raises NotPermitted."""
    if not may_see(user, conversation):
        raise NotPermitted("Only people who may see this conversation may do that.")
