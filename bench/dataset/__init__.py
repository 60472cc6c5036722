"""Large inboxes for the benches, built once and kept: ask `provide` for one.

    url = provide("10m")            # DATABASE_URL of 1 million conversations, 10 million messages
    settings = environment("10m")   # the same with the keys that open its secrets

Sizes: see `SIZES`. All databases lie in one embedded PostgreSQL under `.data/bench` (or
SASH_BENCH_DATA); the first caller starts it and keeps it until its process ends, others use the
running one. A build that was broken off goes on where it stood; a whole one takes seconds.
`PEOPLE` names who may sign in, `word_of_rank` and `ORDER` what can be searched for.
"""

from bench.dataset.build import SIZES, Size, provide, word_of_rank
from bench.dataset.cluster import FOLDER, environment_for, join_or_start
from bench.dataset.names import APP_SECRET, PEOPLE, VERIFY_TOKEN, phone_number_id

__all__ = [
    "APP_SECRET",
    "FOLDER",
    "ORDER",
    "PEOPLE",
    "SIZES",
    "VERIFY_TOKEN",
    "Size",
    "environment",
    "join_or_start",
    "phone_number_id",
    "provide",
    "word_of_rank",
]

# About 3 in 100 messages end with a token of their own: ORDER.format(message id).
ORDER = "so{:09d}"


def environment(size: str) -> dict[str, str]:
    """Settings for Sash's processes on the dataset, which is built where it is missing."""
    return environment_for(provide(size))
