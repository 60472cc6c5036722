-- What each row would otherwise pay for: kept as commands, to be run when all rows are in.
CREATE VIEW bench.loaded AS
SELECT unnest(%(tables)s::regclass[]) AS relation
UNION ALL
SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'inbox_messagewords'::regclass;

INSERT INTO bench.later (command)
SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
    pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype = 'u' AND conrelid IN (TABLE bench.loaded)
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid IN (TABLE bench.loaded)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ON CONFLICT DO NOTHING;

DO $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
        FROM pg_constraint WHERE contype = 'u' AND conrelid IN (TABLE bench.loaded)
        UNION ALL
        SELECT format('DROP INDEX %%s', indexrelid::regclass) FROM pg_index
        WHERE indrelid IN (TABLE bench.loaded) AND NOT EXISTS (
            SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    LOOP
        EXECUTE command;
    END LOOP;
END $$;
