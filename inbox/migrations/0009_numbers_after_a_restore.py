"""Numbers of rows go on rising after a restore.

seq is the number of the writing transaction, and a new cluster counts from the beginning: rows
from a backup would be newer than all that is written after it, and pages would catch up on
nothing. So numbers belong to epochs of 2^40 transactions each. A restore begins an epoch beyond
every number that it brings (inbox_begin_epoch), and a cursor of an earlier one asks for a reload
(inbox.queries.changes).

The epoch is a constant inside a function, since it is read for every row that is written.
"""

from django.db import migrations

EPOCHS = """
CREATE FUNCTION inbox_seq_epoch() RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::bigint';

CREATE FUNCTION inbox_cursor() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + inbox_seq_epoch()';

CREATE OR REPLACE FUNCTION inbox_stamp_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seq := pg_current_xact_id()::text::bigint + inbox_seq_epoch();
    RETURN NEW;
END $$;

CREATE FUNCTION inbox_begin_epoch() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
    epoch bigint;
BEGIN
    SELECT greatest(
        inbox_seq_epoch(),
        (SELECT max(seq) FROM inbox_conversation),
        (SELECT max(seq) FROM inbox_message),
        (SELECT max(seq) FROM inbox_event)
    ) INTO newest;
    epoch := ((newest >> 40) + 1) << 40;
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION inbox_seq_epoch() RETURNS bigint
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', format('SELECT %s::bigint', epoch));
    RETURN epoch;
END $$;

-- A database that came here from another cluster before there were epochs.
SELECT inbox_begin_epoch()
    WHERE (SELECT max(seq) FROM inbox_conversation) > pg_current_xact_id()::text::bigint;
"""

UNDO = """
CREATE OR REPLACE FUNCTION inbox_stamp_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seq := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
DROP FUNCTION inbox_begin_epoch();
DROP FUNCTION inbox_cursor();
DROP FUNCTION inbox_seq_epoch();
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0008_senders_share_channels")]
    operations = [migrations.RunSQL(EPOCHS, UNDO)]
