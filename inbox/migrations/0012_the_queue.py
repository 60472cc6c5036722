"""The queue of a team is read from its own index, however many conversations it has open."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("inbox", "0011_words")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                F("team"),
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(("assignee__isnull", True), ("status", "open")),
                name="conversation_unassigned",
            ),
        ),
    ]
