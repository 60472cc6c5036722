"""The cursor as part of another query, whose rows are then exactly those it stands for."""

from django.db.models import BigIntegerField, Func


class Cursor(Func):
    """The oldest transaction still running when the statement began (see queries.changes)."""

    template = "inbox_cursor()"
    output_field = BigIntegerField()
