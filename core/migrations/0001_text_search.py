"""Trigrams for names, and a text search configuration that ignores accents and knows no language."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

CREATE = """
CREATE TEXT SEARCH CONFIGURATION sash (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION sash
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE, "DROP TEXT SEARCH CONFIGURATION sash"),
    ]
