"""The number of a row never falls, so that a page can tell an older drawing from a newer one.

A transaction that began early may write a row after one that began later: its own number is
the smaller one, though what it writes is newer.
"""

from django.db import migrations

RISE = """
CREATE OR REPLACE FUNCTION inbox_stamp_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seq := pg_current_xact_id()::text::bigint + inbox_seq_epoch();
    IF TG_OP = 'UPDATE' AND OLD.seq > NEW.seq THEN
        NEW.seq := OLD.seq;
    END IF;
    RETURN NEW;
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION inbox_stamp_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seq := pg_current_xact_id()::text::bigint + inbox_seq_epoch();
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0013_contacts_found")]
    operations = [migrations.RunSQL(RISE, UNDO)]
