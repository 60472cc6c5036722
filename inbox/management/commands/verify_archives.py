"""manage.py verify_archives: is every archive as it was written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inbox.actions.archives import verify_archives
from inbox.models import Archive


class Command(BaseCommand):
    """Ends with an error, and one line each, when archives were changed or are missing."""

    help = "Check the chain of archived transcripts."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = verify_archives()
        for one in broken:
            self.stderr.write(f"conversation {one.conversation_id}: {one.reason}")
        if broken:
            raise CommandError(f"{len(broken)} archives are not as they were written.")
        self.stdout.write(f"{Archive.objects.count()} archives are as they were written.")
