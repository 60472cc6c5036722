-- The next row of each table comes after those that were given an id.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY %(tables)s::text[] LOOP
        EXECUTE format('SELECT setval(pg_get_serial_sequence(%%L, ''id''), '
            '(SELECT coalesce(max(id), 1) FROM %%I))', name, name);
    END LOOP;
END $$;
