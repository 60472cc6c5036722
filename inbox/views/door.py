"""What the inbox's doors share: which conversation or message, and how much to draw."""

from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.door import LARGEST_ID, person
from inbox.models import Conversation, Message
from inbox.queries.access import messages_for
from inbox.queries.panes import read_pane
from inbox.queries.threads import with_message_parts
from inbox.queries.viewers import read_viewer_ids


class Request(HttpRequest):
    """A request as Sash's middlewares leave it."""

    htmx: HtmxDetails

    @staticmethod
    def htmx_of(request: HttpRequest) -> HtmxDetails:
        """What htmx said of itself; false where it did not ask."""
        return cast(Request, request).htmx


def is_partial(request: HttpRequest, target: str) -> bool:
    """Does htmx ask for this one element? A restored page of the history wants all of it."""
    htmx = Request.htmx_of(request)
    return bool(htmx) and not htmx.history_restore_request and htmx.target == target


def get_conversation(request: HttpRequest, conversation_id: int, *pieces: str) -> Conversation:
    """The conversation, with what these pieces of its pane draw; not yours is not there (404)."""
    found = find_conversation(request, conversation_id, *pieces)
    if found is None:
        raise Http404
    return found


def find_conversation(
    request: HttpRequest, conversation_id: int, *pieces: str
) -> Conversation | None:
    """The same, or None."""
    if conversation_id > LARGEST_ID:
        return None
    at = timezone.now()
    viewers = read_viewer_ids(conversation_id, at) if "header" in pieces else []
    return read_pane(person(request), conversation_id, frozenset(pieces), viewers)


def get_message(request: HttpRequest, message_id: int) -> Message:
    """A message of a conversation that the person may see; otherwise 404."""
    rows = with_message_parts(messages_for(request.user)).select_related("conversation")
    message = rows.filter(pk=message_id).first()
    if message is None:
        raise Http404
    return message
