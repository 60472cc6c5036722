"""Consent as a history of statements, in place of one moment in the contact's row."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Whom a row names may be forgotten; what was stated may not, nor be stated otherwise.
KEPT = """
CREATE TRIGGER never_changes BEFORE UPDATE ON inbox_consent
    FOR EACH ROW
    WHEN ((NEW.contact_id, NEW.transport, NEW.purpose, NEW.is_granted, NEW.source, NEW.wording,
           NEW.at, NEW.recorded_at, NEW.answer) IS DISTINCT FROM
          (OLD.contact_id, OLD.transport, OLD.purpose, OLD.is_granted, OLD.source, OLD.wording,
           OLD.at, OLD.recorded_at, OLD.answer)
          OR NEW.message_id <> OLD.message_id OR NEW.recorded_by_id <> OLD.recorded_by_id
          OR (NEW.message_id IS NOT NULL AND OLD.message_id IS NULL)
          OR (NEW.recorded_by_id IS NOT NULL AND OLD.recorded_by_id IS NULL)
          OR NEW.answered_at IS DISTINCT FROM OLD.answered_at AND OLD.answered_at IS NOT NULL)
    EXECUTE FUNCTION inbox_never_changes();
"""
TAKEN_OVER = """
INSERT INTO inbox_consent (contact_id, transport, purpose, is_granted, source, wording, at,
                           recorded_at, answer)
SELECT id, 'whatsapp', 'marketing', marketing_opted_out_at IS NULL, 'preference', '',
       coalesce(marketing_changed_at, marketing_opted_out_at),
       coalesce(marketing_changed_at, marketing_opted_out_at), ''
FROM inbox_contact WHERE coalesce(marketing_changed_at, marketing_opted_out_at) IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0014_numbers_never_fall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WishWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='Such as en or pt.', max_length=10)),
                ('is_opt_in', models.BooleanField(default=False, verbose_name='means start')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('answer', models.TextField(blank=True, help_text='What the customer is told; empty: nothing.', max_length=1000)),
            ],
            options={
                'verbose_name': 'opt-out words',
                'verbose_name_plural': 'opt-out words',
                'constraints': [models.UniqueConstraint(fields=('language', 'is_opt_in'), name='one_row_of_words')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transport', models.CharField(choices=[('whatsapp', 'WhatsApp')], max_length=20)),
                ('purpose', models.CharField(choices=[('utility', 'Utility'), ('marketing', 'Marketing')], max_length=12)),
                ('is_granted', models.BooleanField()),
                ('source', models.CharField(choices=[('keyword', 'Written by the customer'), ('preference', 'Chosen in WhatsApp'), ('refusal', 'Told by WhatsApp when it refused a message'), ('agent', 'Recorded by hand'), ('import', 'Imported'), ('api', 'API')], max_length=12)),
                ('wording', models.TextField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True, max_length=1000)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='inbox.contact')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='inbox.message')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('contact'), models.F('transport'), models.F('purpose'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='consent_newest'), models.Index(models.F('id'), condition=models.Q(('answered_at__isnull', True), models.Q(('answer', ''), _negated=True)), name='consent_to_answer')],
                'constraints': [models.UniqueConstraint(fields=('contact', 'transport', 'purpose', 'at', 'source', 'is_granted'), condition=models.Q(('source__in', ['keyword', 'preference', 'refusal'])), name='one_statement')],
            },
        ),
        migrations.RunSQL(KEPT, "DROP TRIGGER never_changes ON inbox_consent"),
        migrations.RunSQL(TAKEN_OVER, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='contact',
            name='marketing_changed_at',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='marketing_opted_out_at',
        ),
    ]
