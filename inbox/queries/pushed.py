"""What a push draws, read for many conversations at once. It runs at every message."""

from django.db.models import F

from core.compiled import Compiled
from inbox.models import Conversation, Message
from inbox.queries.access import with_people
from inbox.queries.threads import with_message_parts
from inbox.queries.views import with_neutral_parts
from inbox.queries.walks import IsAny

pushed_rows = Compiled(
    lambda ids: with_people(with_neutral_parts(Conversation.objects.filter(IsAny(F("pk"), ids))))
)
pushed_messages = Compiled(
    lambda ids: with_message_parts(Message.objects.filter(IsAny(F("pk"), ids)))
)
