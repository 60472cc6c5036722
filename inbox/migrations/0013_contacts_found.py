"""One index for all that a contact is found by; those before it did not know of accents."""

import django.contrib.postgres.indexes
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

import inbox.models.contacts

# unaccent is only STABLE, since its rules may be edited; whoever does must REINDEX afterwards.
PLAIN = """
CREATE FUNCTION inbox_plain(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN upper(unaccent('unaccent'::regdictionary, said));
"""


class Migration(migrations.Migration):
    dependencies = [('inbox', '0012_the_queue')]

    operations = [
        migrations.RunSQL(PLAIN, 'DROP FUNCTION inbox_plain(text)'),
        migrations.RemoveIndex(model_name='contact', name='contact_name_trigrams'),
        migrations.RemoveIndex(model_name='contact', name='contact_profile_trigrams'),
        migrations.RemoveIndex(model_name='identity', name='identity_value_trigrams'),
        migrations.AddIndex(
            model_name='contact',
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    inbox.models.contacts.Plain(
                        django.db.models.functions.text.Concat(
                            models.F('name'), models.Value('\n'), models.F('profile_name'), models.Value('\n'),
                            models.F('company'), models.Value('\n'), models.F('email'),
                            output_field=models.TextField(),
                        )
                    ),
                    name='gin_trgm_ops',
                ),
                name='contact_trigrams',
            ),
        ),
        migrations.AddIndex(
            model_name='identity',
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper('value'), name='gin_trgm_ops'
                ),
                name='identity_trigrams',
            ),
        ),
    ]
