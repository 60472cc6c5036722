"""The words of messages, beside them: what search reads.

A table of its own, because a message's row changes with each status and its words hardly ever do.
The database keeps it up to date (migration 0011) and divides it by time, so that a search reads
the newest part first and stops when it has found a page.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models

from inbox.models.conversations import Conversation
from inbox.models.messages import Message

# PostgreSQL may take punctuation outside ASCII for letters ("¿dónde" as one word), depending on
# the locale of the server, so it becomes spaces before words are cut.
PUNCTUATION = "¿¡«»“”„‘’‹›…–—·•、。「」『』【】《》〈〉，！？；：（）،؛؟।"


class Spaced(models.Func):
    """The text with a space for each such character, in SQL."""

    function = "translate"
    template = f"translate(%(expressions)s, '{PUNCTUATION}', '{' ' * len(PUNCTUATION)}')"
    output_field = models.TextField()


class SearchVector(models.Func):
    """to_tsvector with Sash's own configuration (simple words without accents)."""

    function = "to_tsvector"
    template = (
        "to_tsvector('sash', translate(%(expressions)s, "
        f"'{PUNCTUATION}', '{' ' * len(PUNCTUATION)}'))"
    )
    output_field = SearchVectorField()


def spaced(words: str) -> str:
    """What a person typed, with spaces for such characters and plain quotation marks."""
    spaces = str.maketrans(PUNCTUATION, " " * len(PUNCTUATION))
    return words.translate(spaces | str.maketrans("“”„«»", '"' * 5))


def search_query(words: str) -> SearchQuery:
    """The same as a query for `MessageWords.words`: as in a web search."""
    return SearchQuery(spaced(words), config="sash", search_type="websearch")


class MessageWords(models.Model):
    """The words of one message that has text. Read only: triggers of Message write it."""

    pk = models.CompositePrimaryKey("at", "message_id")
    at = models.DateTimeField()
    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    words = SearchVectorField()

    class Meta:
        verbose_name_plural = "words of messages"

    def __str__(self) -> str:
        return f"Words of {self.message_id}"
