"""The words of messages move out of their rows into a table that is divided by time.

Not one transaction, so that a large inbox is copied in small ones and what stands is kept when
it is broken off: run it again, and it goes on.
"""

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

PUNCTUATION = "¿¡«»“”„‘’‹›…–—·•、。「」『』【】《》〈〉，！？；：（）،؛؟।"
RANGE = 500_000
BATCH = 20_000

TABLE = f"""
CREATE OR REPLACE FUNCTION inbox_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE
PARALLEL SAFE RETURN
    to_tsvector('sash', translate(said, '{PUNCTUATION}', '{' ' * len(PUNCTUATION)}'));

CREATE TABLE IF NOT EXISTS inbox_messagewords (
    at timestamptz NOT NULL,
    message_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (at, message_id)
) PARTITION BY RANGE (at);

-- Ends the newest part at a moment and begins another, which has no end: there always is a part
-- for a row, whenever it comes. The index takes rows in lots of 256 kB, which costs a third less
-- than one by one and keeps a writer no longer than a few of them.
CREATE OR REPLACE FUNCTION inbox_cut_words(cut timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    newest regclass;
    since text;
    fresh text := 'inbox_messagewords_' || to_char(cut AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS');
BEGIN
    SELECT inhrelid, substring(pg_get_expr(relpartbound, oid) FROM 'FROM \\((.*)\\) TO')
    INTO newest, since
    FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'inbox_messagewords'::regclass
        AND pg_get_expr(relpartbound, oid) LIKE '%TO (MAXVALUE)';
    EXECUTE format('CREATE TABLE %I (LIKE inbox_messagewords INCLUDING ALL)', fresh);
    EXECUTE format('CREATE INDEX %I ON %I USING gin (words) WITH (gin_pending_list_limit = 256)',
        fresh || '_words', fresh);
    IF newest IS NOT NULL THEN
        EXECUTE format('ALTER TABLE inbox_messagewords DETACH PARTITION %s', newest);
        EXECUTE format('WITH moved AS (DELETE FROM %s WHERE at >= %L RETURNING *) '
            'INSERT INTO %I SELECT * FROM moved', newest, cut, fresh);
        EXECUTE format('ALTER TABLE inbox_messagewords ATTACH PARTITION %s '
            'FOR VALUES FROM (%s) TO (%L)', newest, since, cut);
    END IF;
    EXECUTE format('ALTER TABLE inbox_messagewords ATTACH PARTITION %I '
        'FOR VALUES FROM (%s) TO (MAXVALUE)', fresh,
        CASE WHEN newest IS NULL THEN 'MINVALUE' ELSE quote_literal(cut) END);
END $$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'inbox_messagewords'::regclass) THEN
        PERFORM inbox_cut_words('2009-01-01T00:00Z');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION inbox_write_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_messagewords
    SELECT at, id, conversation_id, inbox_words(text) FROM fresh WHERE text <> '';
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER write_words AFTER INSERT ON inbox_message
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_write_words();

CREATE OR REPLACE FUNCTION inbox_rewrite_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM inbox_messagewords WHERE at = OLD.at AND message_id = OLD.id;
    IF TG_OP = 'UPDATE' AND NEW.text <> '' THEN
        INSERT INTO inbox_messagewords
        VALUES (NEW.at, NEW.id, NEW.conversation_id, inbox_words(NEW.text))
        ON CONFLICT (at, message_id) DO UPDATE
        SET words = excluded.words, conversation_id = excluded.conversation_id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER rewrite_words AFTER UPDATE OF text, at, conversation_id ON inbox_message
    FOR EACH ROW
    WHEN ((NEW.text, NEW.at, NEW.conversation_id)
          IS DISTINCT FROM (OLD.text, OLD.at, OLD.conversation_id))
    EXECUTE FUNCTION inbox_rewrite_words();
CREATE OR REPLACE TRIGGER forget_words AFTER DELETE ON inbox_message
    FOR EACH ROW EXECUTE FUNCTION inbox_rewrite_words();
"""

UNDO = """
DROP TRIGGER forget_words ON inbox_message;
DROP TRIGGER rewrite_words ON inbox_message;
DROP TRIGGER write_words ON inbox_message;
DROP FUNCTION inbox_rewrite_words();
DROP FUNCTION inbox_write_words();
DROP FUNCTION inbox_cut_words(timestamptz);
DROP TABLE inbox_messagewords;
DROP FUNCTION inbox_words(text);
"""

# Where each half million messages ends; the last part is left open.
CUTS = f"""
SELECT at FROM (
    SELECT at, row_number() OVER (ORDER BY at) AS number, count(*) OVER () AS total
    FROM inbox_message WHERE text <> ''
) messages
WHERE number % {RANGE} = 0 AND number < total - {RANGE} / 10
    AND at > (SELECT coalesce(max(substring(pg_get_expr(relpartbound, oid)
        FROM 'FROM \\(''(.*)''\\) TO')::timestamptz), '-infinity')
        FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'inbox_messagewords'::regclass)
ORDER BY at
"""
PARTS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'inbox_messagewords'::regclass ORDER BY 1
"""
COPY = """
INSERT INTO inbox_messagewords
SELECT at, id, conversation_id, search FROM inbox_message
WHERE id > %s AND id <= %s AND text <> '' ON CONFLICT DO NOTHING
"""


def copy_words(apps, schema_editor):
    """Copy in batches, whatever writes meanwhile; the words' indexes are built at the end."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM inbox_message")
        first, last = cursor.fetchone()
        if first is None:
            return
        cursor.execute("SET maintenance_work_mem = '256MB'")
        try:
            copy_all(cursor, first - 1, last)
        finally:
            cursor.execute("RESET maintenance_work_mem")


def copy_all(cursor, first, last):
    cursor.execute(CUTS)
    for (cut,) in cursor.fetchall():
        cursor.execute("SELECT inbox_cut_words(%s)", [cut])
    cursor.execute(PARTS)
    parts = [name for (name,) in cursor.fetchall()]
    for name in parts:
        cursor.execute(f"DROP INDEX IF EXISTS {name}_words")
    for start in range(first, last, BATCH):
        cursor.execute(COPY, [start, start + BATCH])
    for name in parts:
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {name}_words ON {name} USING gin (words) WITH (gin_pending_list_limit = 256)"
        )
    cursor.execute("ANALYZE inbox_messagewords")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [('inbox', '0010_written_often')]

    operations = [
        migrations.RunSQL(
            TABLE,
            UNDO,
            state_operations=[
                migrations.CreateModel(
                    name='MessageWords',
                    fields=[
                        ('pk', models.CompositePrimaryKey('at', 'message_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                        ('words', django.contrib.postgres.search.SearchVectorField()),
                        ('conversation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='inbox.conversation')),
                        ('message', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='inbox.message')),
                    ],
                    options={'verbose_name_plural': 'words of messages'},
                ),
            ],
        ),
        migrations.RunPython(copy_words, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name='message', name='message_search'),
        migrations.RemoveField(model_name='message', name='search'),
    ]
