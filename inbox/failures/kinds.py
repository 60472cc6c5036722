"""The words that the tables of failures are written in."""

from dataclasses import dataclass
from enum import StrEnum


class Retry(StrEnum):
    """What the system itself does after an answer with this code.

    SAFE: refused before acceptance, so it tries again with backoff. UNSURE: the message may have
    gone out, so it never does; the status webhook settles it. WAIT and NEVER: it fails.
    """

    SAFE = "safe"
    UNSURE = "unsure"
    WAIT = "wait"
    NEVER = "never"


class Next(StrEnum):
    """What the page can offer in place of a plain retry."""

    NOTHING = ""
    TEMPLATE = "template"
    OTHER_NUMBER = "other_number"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Failure:
    """cause and advice are sentences for the agent.

    can_retry: an unchanged message may help later, so the page shows a retry button.
    """

    retry: Retry
    cause: str
    advice: str
    can_retry: bool = False
    offers: Next = Next.NOTHING
