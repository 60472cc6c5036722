"""Searches of every kind by everybody who sees another part of the inbox, timed one by one."""

import math
import random
from time import perf_counter

from django.db import connection

from accounts.models import User
from bench.dataset import ORDER, PEOPLE
from inbox.queries.search import search_messages

MOST = 20_000
COMMON, MID = 230, 11_450  # the first ranks of 0.5 and of 0.01 messages in a hundred


def run(*, words: int, seed: int) -> dict[str, list[float]]:
    """Kind of word -> seconds of each search, `words` of every kind by each of PEOPLE.

    Each is a first page with its snippets, the person read afresh, as a click would have it.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    kinds = {
        "unique": orders(words),
        "rare": ranked(chance, MID, MOST, words),
        "mid": ranked(chance, COMMON, MID, words),
        "common": ranked(chance, 1, COMMON, words),
        "two": [" ".join(ranked(chance, 5, 3000, 2)) for _ in range(words)],
        "absent": [f"zzqx{number}" for number in range(words)],
    }
    search_messages(user=User.objects.get(email=PEOPLE["supervisor"]), words="warm")
    return {
        kind: [took(email, text) for text in texts for email in PEOPLE.values()]
        for kind, texts in kinds.items()
    }


def took(email: str, text: str) -> float:
    user = User.objects.get(email=email)
    began = perf_counter()
    search_messages(user=user, words=text)
    return perf_counter() - began


def ranked(chance: random.Random, first: int, last: int, count: int) -> list[str]:
    """Words whose ranks lie between two, as likely as they are written."""
    ranks = [int(math.exp(chance.uniform(math.log(first), math.log(last)))) for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rank, word FROM bench.word WHERE rank = ANY(%s)", [ranks])
        words = dict(cursor.fetchall())
    return [words[rank] for rank in ranks]


def orders(count: int) -> list[str]:
    """Order numbers that stand in one message each, from all over the past."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM bench.plan WHERE bench.u(id, 42) < 0.03 LIMIT %s", [count])
        return [ORDER.format(pk) for (pk,) in cursor.fetchall()]
