"""`python -m bench.helpdesk <tickets>`: tables, a queue with tickets, and a session to use them.

Prints JSON: the session's key, the id of its person, and those of the tickets.
"""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.helpdesk.settings"

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from helpdesk.models import Queue, Ticket  # noqa: E402


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    agent = get_user_model().objects.create_superuser("agent", "agent@bench.test")
    queue = Queue.objects.create(title="Support", slug="support")
    tickets = Ticket.objects.bulk_create(
        Ticket(
            title=f"Parcel {place}",
            queue=queue,
            description="The parcel that I ordered on Monday has not come yet.",
            submitter_email=f"customer{place}@bench.test",
        )
        for place in range(count)
    )
    client = Client()
    client.force_login(agent)
    known = {"session": client.cookies["sash-session"].value, "user": agent.pk}
    json.dump({**known, "tickets": [ticket.pk for ticket in tickets]}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
