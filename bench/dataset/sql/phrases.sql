-- Pieces of sentences, three to six words each; a message is made of one to three.
CREATE UNLOGGED TABLE bench.phrase AS
SELECT p AS id, string_agg(word.word, ' ' ORDER BY k) AS text
FROM generate_series(1, %(phrases)s) p
CROSS JOIN LATERAL generate_series(1, 3 + floor(4 * bench.u(p, 1))::int) k
JOIN bench.word ON word.rank = bench.zipf(bench.u(p * 16 + k, 2), %(words)s)
GROUP BY p;
ALTER TABLE bench.phrase ADD PRIMARY KEY (id);
ANALYZE bench.phrase;
