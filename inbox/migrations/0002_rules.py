"""Rules that the database keeps whatever writes to it.

seq: the number of the writing transaction. A reader that asks for everything from
pg_snapshot_xmin on can never miss a row that commits late, and no counter makes
transactions wait for each other.
"""

from django.db import migrations

RULES = """
CREATE FUNCTION inbox_stamp_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seq := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;

CREATE TRIGGER stamp_seq BEFORE INSERT OR UPDATE ON inbox_conversation
    FOR EACH ROW EXECUTE FUNCTION inbox_stamp_seq();
CREATE TRIGGER stamp_seq BEFORE INSERT OR UPDATE ON inbox_message
    FOR EACH ROW EXECUTE FUNCTION inbox_stamp_seq();
CREATE TRIGGER stamp_seq BEFORE INSERT ON inbox_event
    FOR EACH ROW EXECUTE FUNCTION inbox_stamp_seq();

CREATE FUNCTION inbox_status_only_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'message % may not go from % back to %', OLD.id, OLD.status, NEW.status
        USING ERRCODE = 'check_violation';
END $$;

-- A message that was not sent may be queued again; anything else only moves on.
CREATE TRIGGER status_only_rises BEFORE UPDATE OF rank, status ON inbox_message
    FOR EACH ROW
    WHEN (NEW.rank < OLD.rank AND NOT (
        NEW.status = 'queued' AND OLD.status IN ('sending', 'unknown', 'failed')))
    EXECUTE FUNCTION inbox_status_only_rises();

CREATE FUNCTION inbox_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

-- Whom a row names may be forgotten when that person is deleted; what happened may not.
CREATE TRIGGER never_changes BEFORE UPDATE ON inbox_event
    FOR EACH ROW
    WHEN ((NEW.kind, NEW.at, NEW.data::text, NEW.conversation_id) IS DISTINCT FROM
          (OLD.kind, OLD.at, OLD.data::text, OLD.conversation_id))
    EXECUTE FUNCTION inbox_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE ON core_auditevent
    FOR EACH ROW
    WHEN ((NEW.kind, NEW.at, NEW.data::text, NEW.subject) IS DISTINCT FROM
          (OLD.kind, OLD.at, OLD.data::text, OLD.subject))
    EXECUTE FUNCTION inbox_never_changes();
"""

UNDO = """
DROP TRIGGER never_changes ON core_auditevent;
DROP TRIGGER never_changes ON inbox_event;
DROP FUNCTION inbox_never_changes();
DROP TRIGGER status_only_rises ON inbox_message;
DROP FUNCTION inbox_status_only_rises();
DROP TRIGGER stamp_seq ON inbox_event;
DROP TRIGGER stamp_seq ON inbox_message;
DROP TRIGGER stamp_seq ON inbox_conversation;
DROP FUNCTION inbox_stamp_seq();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit"), ("inbox", "0001_initial")]
    operations = [migrations.RunSQL(RULES, UNDO)]
