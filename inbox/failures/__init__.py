"""What a failed send means: whether it may be tried again, why it failed, and what to do now.

Pure. Meta's codes are the positive ones (Meta, "Error codes": build on the code and its details,
never on the title); ours are negative and mean that Meta was not asked. A code that the table
does not know shows Meta's own words.
"""

from inbox.failures.kinds import Failure, Next, Retry
from inbox.failures.ours import OURS, Own
from inbox.failures.table import META, RANGES

__all__ = ["Failure", "Next", "Own", "Retry", "explain_failure"]


def explain_failure(code: int | None, detail: str = "") -> Failure:
    """The meaning of a code; `detail` is Meta's own text, shown where the code is unknown."""
    if code in OURS:
        return OURS[Own(code)]
    if code in META:
        return META[code]
    if code is not None:
        for first, last, failure in RANGES:
            if first <= code <= last:
                return failure
    return _unknown(code, detail)


def _unknown(code: int | None, detail: str) -> Failure:
    said = detail.strip() or "no reason given"
    number = "without a code" if code is None else f"with code {code}"
    return Failure(
        Retry.NEVER,
        f"WhatsApp refused the message {number}: {said}",
        "Ask an administrator what this means before trying again.",
        can_retry=True,
    )
