"""Our reaction to a message of the customer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.door import person
from inbox.actions.messages import (
    ContactBlocked,
    ConversationNotOpen,
    InvalidMessage,
    WindowClosed,
    react,
)
from inbox.queries.access import NotPermitted
from inbox.views.answers import composer_anew, refused, sent
from inbox.views.door import get_message


@login_required
@require_POST
def reaction(request: HttpRequest, message_id: int) -> HttpResponse:
    """One emoji, or none to take it back."""
    message = get_message(request, message_id)
    emoji = request.POST.get("emoji", "").strip()[:40]
    try:
        react(message=message, user=person(request), emoji=emoji, at=timezone.now())
    except WindowClosed:
        return composer_anew(request, message.conversation, 422)
    except InvalidMessage as error:
        return refused(request, message.conversation, error.errors)
    except (ContactBlocked, ConversationNotOpen, NotPermitted) as error:
        return refused(request, message.conversation, {"text": [str(error)]})
    return sent(request, message.conversation, [message])
