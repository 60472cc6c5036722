-- What each row would otherwise pay for: kept as commands, to be run when all rows are in.
INSERT INTO bench.later (command)
SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
    pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype = 'u' AND conrelid = ANY(%(tables)s::regclass[])
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ON CONFLICT DO NOTHING;

DO $$
DECLARE
    command text;
    wanted regclass[] := %(tables)s::regclass[];
BEGIN
    FOR command IN
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
        FROM pg_constraint WHERE contype = 'u' AND conrelid = ANY(wanted)
        UNION ALL
        SELECT format('DROP INDEX %%s', indexrelid::regclass) FROM pg_index
        WHERE indrelid = ANY(wanted) AND NOT EXISTS (
            SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    LOOP
        EXECUTE command;
    END LOOP;
END $$;
