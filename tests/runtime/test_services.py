"""The embedded servers: they keep data, survive bad ends and stay out of others' way."""

import psycopg
from config.services import Services


def test_services_start(tmp_path):
    with Services(tmp_path / "a b", durable=False) as services:
        with psycopg.connect(services.environment["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT lower('ÑÁ')").fetchone() == ("ñá",)
