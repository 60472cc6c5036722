"""manage.py seed_demo: a shop to try Sash with. Running it again changes nothing."""

import json
from datetime import datetime
from os import environ
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Channel, User
from inbox.management.demo.business import FOLDER, seed_business
from inbox.management.demo.customers import introduce
from inbox.management.demo.people import PASSWORD, PEOPLE, seed_people
from inbox.management.demo.phones import write_phones
from inbox.management.demo.telling import Teller
from inbox.models import Conversation, Draft


class Command(BaseCommand):
    """Refuses to put demo sign-ins into somebody's own database unless SASH_DEMO=1."""

    help = "Fill an empty installation with a demo shop, its people and its customers."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "These are sign-ins that everybody knows. Set SASH_DEMO=1 if you want them here."
            )
        with transaction.atomic():
            people = seed_people()
            channels = seed_business()
            if not Conversation.objects.exists():
                tell_stories(people, channels, timezone.now())
        if file := environ.get("SIMULATOR_CUSTOMERS"):
            write_phones(Path(file), _read("contacts"))
        self.stdout.write("Demo sign-ins, all with the password " + PASSWORD)
        for key, (name, role, teams, _) in PEOPLE.items():
            where = ", ".join(teams)
            self.stdout.write(f"  {key}@sash.test".ljust(22) + f"{name}, {role.label} {where}")


def tell_stories(people: dict[str, User], channels: dict[str, Channel], now: datetime) -> None:
    """The oldest first, since a customer may come back."""
    contacts = {key: introduce(values) for key, values in _read("contacts").items()}
    for story in sorted(_read("stories"), key=lambda story: -story["ended"]):
        Teller(story, contacts[story["who"]], channels[story["channel"]], people, now).tell()
    thinking = Conversation.objects.get(contact=contacts["joao"])
    Draft.objects.create(
        user=people["ana"],
        conversation=thinking,
        text="João, conseguimos frete grátis para Santos esta semana!",
        updated_at=now,
    )


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
