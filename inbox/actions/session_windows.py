"""The only place that opens and closes the stored windows of (contact, channel).

A window whose closing time lies before 24 hours after its opening was closed by Meta, which
refused a message with 131047; a message from before that refusal does not open it again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.rows import as_json, fetch
from inbox.models import SessionWindow
from inbox.window import LENGTH

Key = tuple[int, int]

OPEN = """
INSERT INTO inbox_sessionwindow AS w (contact_id, channel_id, opened_at, closes_at)
SELECT contact, channel, at, at + %(length)s FROM json_to_recordset(%(openings)s)
    AS o (contact bigint, channel bigint, at timestamptz)
ON CONFLICT (contact_id, channel_id) DO UPDATE SET
    opened_at = GREATEST(w.opened_at, excluded.opened_at),
    closes_at = CASE
        WHEN excluded.opened_at <= w.opened_at THEN w.closes_at
        WHEN w.closes_at < w.opened_at + %(length)s AND excluded.opened_at <= w.closes_at
            THEN w.closes_at
        ELSE excluded.closes_at END
RETURNING contact_id, channel_id, closes_at
"""

REFUSE = """
UPDATE inbox_sessionwindow w SET closes_at = r.at
FROM json_to_recordset(%s) AS r (contact bigint, channel bigint, at timestamptz)
WHERE w.contact_id = r.contact AND w.channel_id = r.channel
  AND w.opened_at <= r.at AND w.closes_at > r.at
"""


def open_windows(openings: Mapping[Key, datetime]) -> dict[Key, datetime]:
    """A message or call of the contact on the channel, (contact id, channel id) -> Meta's time.

    Gives until when each of these windows is open now.
    """
    if not openings:
        return {}
    rows = fetch(OPEN, openings=_as_rows(openings), length=LENGTH)
    return {(contact, channel): closes_at for contact, channel, closes_at in rows}


def refuse_windows(refusals: Mapping[Key, datetime]) -> None:
    """Meta said at that time that the window is closed, whatever we thought (error 131047)."""
    if refusals:
        fetch(REFUSE, _as_rows(refusals))


def _as_rows(times: Mapping[Key, datetime]) -> str:
    """In the order of their keys, in which they are locked."""
    return as_json(
        {"contact": contact, "channel": channel, "at": at}
        for (contact, channel), at in sorted(times.items())
    )


def closing_times(keys: Iterable[Key]) -> dict[Key, datetime]:
    """Until when each window is open; a contact who never wrote is left out."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = SessionWindow.objects.filter(
        contact__in={contact for contact, _ in wanted},
        channel__in={channel for _, channel in wanted},
    ).values_list("contact_id", "channel_id", "closes_at")
    return {(c, h): closes for c, h, closes in rows if (c, h) in wanted}
