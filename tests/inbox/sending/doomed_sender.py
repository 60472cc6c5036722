"""A real sender that dies by SIGKILL at a given point of its first messages."""

import asyncio
import os
import signal
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402

from inbox.sender import process  # noqa: E402
from inbox.sender.process import Sender  # noqa: E402
from inbox.sender.work import Work  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DoomedWork:
    """Work's and Sender's own steps, with an end before or after one of them."""

    begin, hand_over, save = Work._begin, Work.hand_over, Sender._save_batch

    take = staticmethod(process.take_messages)

    @staticmethod
    def before_commit(**parts: Any) -> Any:
        with transaction.atomic():
            if DoomedWork.take(**parts).claims:
                die()
        return DoomedWork.take(**parts)

    def before_departure(self: Any, calls: Any) -> None:
        if calls:
            die()

    async def before_begin(self: Any, ids: Any) -> None:
        die()

    async def before_call(self: Any, call: Any) -> Any:
        die()

    async def after_call(self: Any, call: Any) -> Any:
        await DoomedWork.hand_over(self, call)
        die()

    async def after_save(self: Any, batch: Any) -> None:
        await DoomedWork.save(self, batch)
        die()


POINTS: dict[str, tuple[Any, str, Any]] = {
    "uncommitted": (process, "take_messages", DoomedWork.before_commit),
    "held": (Work, "_begin", DoomedWork.before_begin),
    "waiting": (Work, "_queue", DoomedWork.before_departure),
    "begun": (Work, "hand_over", DoomedWork.before_call),
    "called": (Work, "hand_over", DoomedWork.after_call),
    "saved": (Sender, "_save_batch", DoomedWork.after_save),
}

if __name__ == "__main__":
    owner, name, step = POINTS[sys.argv[1]]
    setattr(owner, name, step)
    asyncio.run(Sender().run())
