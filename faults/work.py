"""Work that Celery is only rung for: it has to be done whether or not the bell is heard."""

from __future__ import annotations

from collections.abc import Callable

from faults import cast, ledger
from faults.scene import Scene

ASKERS = 5
ANSWERED = """
SELECT count(*) FROM inbox_message b WHERE b.author_kind = 'bot' AND EXISTS (
    SELECT FROM inbox_message m WHERE m.conversation_id = b.conversation_id AND m.text = %s)
"""
WHY = "SELECT string_agg(DISTINCT state || ' ' || error, ', ') FROM inbox_attachment"
FETCHED = "SELECT count(*) FROM inbox_attachment WHERE state = 'ready'"


async def give_work(scene: Scene) -> Callable[[], str]:
    """Customers ask what a bot answers, and send pictures. Gives the question what of it is still
    to be done."""
    for place in range(ASKERS):
        team = scene.meta.teams[place % len(scene.meta.teams)]
        asker = f"4917098{place:05}"
        scene.meta.send(scene.meta.message(team, asker, cast.BELL_WORD))
        await scene.platform.send_picture(team, team.customers[place], f"{place}.png")

    def what_is_left() -> str:
        answered = int(ledger.ask(scene.database, ANSWERED, cast.BELL_WORD))
        fetched = int(ledger.ask(scene.database, FETCHED))
        if answered == fetched == ASKERS:
            return ""
        why = ledger.ask(scene.database, WHY)
        return f"{answered} answers and {fetched} files of {ASKERS} ({why})"

    return what_is_left
