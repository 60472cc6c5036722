"""The door through which people's messages go to the one gate."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.door import person, read_id
from accounts.models import User
from inbox.actions.desks import VARIABLE, save_draft, variables_of
from inbox.actions.messages import (
    ContactBlocked,
    ConversationNotOpen,
    InvalidMessage,
    UnseenMessages,
    WindowClosed,
    confirm_unknown,
    retry_message,
    send_message,
)
from inbox.forms.messages import (
    Outgoing,
    Unreadable,
    forget_files,
    read_messages,
    read_seen,
    read_text,
)
from inbox.models import Conversation, Message
from inbox.queries.access import NotPermitted
from inbox.queries.unseen import Seen
from inbox.views.answers import composer_anew, refused, sent, stopped
from inbox.views.door import get_conversation, get_message


@login_required
@require_POST
def messages(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send what the composer holds: text, files, a recording, a place, a card, buttons."""
    conversation = get_conversation(request, conversation_id)
    if request.POST.get("mode", "reply") != "reply":
        return refused(request, conversation, {"text": [_("A note never goes to a customer.")]})
    try:
        seen = read_seen(request.POST)
        outgoing = read_messages(request)
    except Unreadable as error:
        return refused(request, conversation, error.errors)
    try:
        rows = send_all(request, conversation, outgoing, seen)
    except InvalidMessage as error:
        forget_files(outgoing)
        return refused(request, conversation, error.errors)
    except UnseenMessages as error:
        forget_files(outgoing)
        return stopped(request, conversation, error.messages)
    except (WindowClosed, ContactBlocked, ConversationNotOpen):
        forget_files(outgoing)
        keep_as_draft(conversation, person(request), read_text(request.POST))
        return composer_anew(request, conversation, 422)
    except NotPermitted as error:
        forget_files(outgoing)
        return refused(request, conversation, {"text": [str(error)]})
    return sent(request, conversation, rows)


@transaction.atomic
def send_all(
    request: HttpRequest,
    conversation: Conversation,
    outgoing: list[Outgoing],
    seen: Seen | None,
) -> list[Message]:
    """All or nothing, in their order. Raises whatever the gate raises."""
    user, at = person(request), timezone.now()
    quoted = quoted_message(request, conversation)
    rows = []
    for index, item in enumerate(outgoing):
        rows.append(
            send_message(
                conversation=conversation,
                author=user,
                kind=item.kind,
                text=fill(item.text, conversation, user),
                payload=item.payload,
                files=item.files,
                quoted=quoted if index == 0 else None,
                client_uuid=item.client_uuid,
                seen=seen if index == 0 else None,
                at=at,
            )
        )
    return rows


def fill(text: str, conversation: Conversation, user: User) -> str:
    """Variables with what is known. Raises InvalidMessage where one of ours has no value."""
    values = variables_of(conversation, user)
    names = {match[1] for match in VARIABLE.finditer(text)}
    if empty := sorted(name for name in names & values.keys() if not values[name]):
        listed = ", ".join("{{" + name + "}}" for name in empty)
        raise InvalidMessage({"text": [_("Nothing is known for %s. Write it out.") % listed]})
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def quoted_message(request: HttpRequest, conversation: Conversation) -> Message | None:
    """The message of this very conversation that is answered."""
    pk = read_id(request.POST.get("quoted"))
    return conversation.messages.filter(pk=pk).first() if pk else None


def keep_as_draft(conversation: Conversation, user: User, text: str) -> None:
    """What could not go is not lost."""
    if text:
        save_draft(conversation=conversation, user=user, text=text, at=timezone.now())


@login_required
@require_POST
def message_attempts(request: HttpRequest, message_id: int) -> HttpResponse:
    """Try a failed message again."""
    message = get_message(request, message_id)
    try:
        retry_message(message=message, by=person(request), at=timezone.now())
    except WindowClosed:
        return composer_anew(request, message.conversation, 422)
    except (InvalidMessage, NotPermitted, ContactBlocked, ConversationNotOpen) as error:
        return refused(request, message.conversation, {"text": [str(error)]})
    return sent(request, message.conversation, [message])


@login_required
@require_POST
def message_confirmation(request: HttpRequest, message_id: int) -> HttpResponse:
    """Say of a message that may not have been sent whether it is to be sent again."""
    message = get_message(request, message_id)
    resend = request.POST.get("resend") == "1"
    try:
        confirm_unknown(message=message, resend=resend, by=person(request), at=timezone.now())
    except WindowClosed:
        return composer_anew(request, message.conversation, 422)
    except (InvalidMessage, NotPermitted, ContactBlocked, ConversationNotOpen) as error:
        return refused(request, message.conversation, {"text": [str(error)]})
    return sent(request, message.conversation, [message])
