"""Keeps the parts of the words' table of a size that one search reads in milliseconds."""

from datetime import datetime

from django.db import connection, transaction

from inbox.models import MessageWords
from inbox.queries.search import parts_begin

ROWS = 500_000
LOCK_WAIT = "2s"


def divide_words(*, at: datetime, rows: int = ROWS) -> bool:
    """End the newest part at the given moment when it holds so many messages.

    Whoever writes waits while the part is looked through, a tenth of a second. Raises
    OperationalError when the table is not to be had for two seconds: the next call tries again.
    """
    newest = MessageWords.objects.all()
    if begins := parts_begin():
        newest = newest.filter(at__gte=begins[0])
    if newest[:rows].count() < rows:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        cursor.execute("SELECT inbox_cut_words(%s)", [at])
    return True
