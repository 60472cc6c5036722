-- The words of messages, in parts of the size that Sash keeps.
DO $$
DECLARE
    cut timestamptz;
BEGIN
    FOR cut IN
        SELECT at FROM bench.plan
        WHERE id %% 500000 = 0 AND id < (SELECT max(id) FROM bench.plan) - 50000 ORDER BY id
    LOOP
        PERFORM inbox_cut_words(cut);
    END LOOP;
END $$;
