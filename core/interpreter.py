"""Python's own settings for a process that serves."""

import gc
import sys

# While a thread computes, an event loop waits this long for its turn; Python's own five
# milliseconds are half of what a message may take to a page.
TURN_SECONDS = 0.0005
# Rows and payloads come and go in thousands and hold no circles: Python's own 700 looks through
# all of them for nothing, a tenth of the time of a batch. Each look stops every thread for a
# millisecond a thousand.
ALLOCATIONS = 5_000


def suit_a_server() -> None:
    """Short turns for threads, and few looks for circles of garbage, none at what is for ever.

    Call when everything is imported.
    """
    sys.setswitchinterval(TURN_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 10, 10)
