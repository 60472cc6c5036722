"""The only place that opens and closes the stored windows of (contact, channel).

A window whose closing time lies before 24 hours after its opening was closed by Meta, which
refused a message with 131047; a message from before that refusal does not open it again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.rows import fetch
from inbox.models import SessionWindow
from inbox.window import LENGTH, closing_time

Key = tuple[int, int]

OPEN = """
INSERT INTO inbox_sessionwindow AS w (contact_id, channel_id, opened_at, closes_at)
SELECT * FROM unnest(%(contacts)s::bigint[], %(channels)s::bigint[],
                     %(opened)s::timestamptz[], %(closes)s::timestamptz[])
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
FROM unnest(%(contacts)s::bigint[], %(channels)s::bigint[], %(at)s::timestamptz[])
    AS r (contact_id, channel_id, at)
WHERE w.contact_id = r.contact_id AND w.channel_id = r.channel_id
  AND w.opened_at <= r.at AND w.closes_at > r.at
"""


def open_windows(openings: Mapping[Key, datetime]) -> dict[Key, datetime]:
    """A message or call of the contact on the channel, (contact id, channel id) -> Meta's time.

    Gives until when each of these windows is open now.
    """
    keys = sorted(openings)
    if not keys:
        return {}
    opened = [openings[key] for key in keys]
    rows = fetch(
        OPEN,
        contacts=[contact for contact, _ in keys],
        channels=[channel for _, channel in keys],
        opened=opened,
        closes=[closing_time(at) for at in opened],
        length=LENGTH,
    )
    return {(contact, channel): closes_at for contact, channel, closes_at in rows}


def refuse_windows(refusals: Mapping[Key, datetime]) -> None:
    """Meta said at that time that the window is closed, whatever we thought (error 131047)."""
    keys = sorted(refusals)
    if keys:
        fetch(
            REFUSE,
            contacts=[contact for contact, _ in keys],
            channels=[channel for _, channel in keys],
            at=[refusals[key] for key in keys],
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
