-- Everything that only the dataset needs stands in a schema of its own.
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.done (step text PRIMARY KEY, at timestamptz DEFAULT now());
CREATE TABLE IF NOT EXISTS bench.later (number serial PRIMARY KEY, command text UNIQUE);

-- Chance that depends on the row alone: the same in every build, whatever runs side by side.
CREATE OR REPLACE FUNCTION bench.u(id bigint, salt bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (hashint8extended(id, salt) & 2147483647)::float8 / 2147483648.0 $$;

-- A rank from 1 to n by Zipf's law.
CREATE OR REPLACE FUNCTION bench.zipf(chance float8, n int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT floor(exp(chance * ln(n + 1)))::int $$;
