"""Whether a customer's words mean a keyword: pure; accents, case and small typos are forgiven."""

import re
from collections.abc import Iterable, Sequence

from core.folding import fold

# Scripts that write words without spaces between them, or glue endings to them.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
WORDS_READ = 60  # nobody asks by keyword in a longer message; bounds the work on hostile text
ONE_TYPO_FROM = 5
TWO_TYPOS_FROM = 9

ASKS_FOR_A_PERSON = (
    # English
    "agent", "human", "person", "operator", "representative", "talk to someone", "real person",
    # Spanish
    "agente", "humano", "humana", "persona", "asesor", "asesora", "operador", "operadora",
    "representante", "hablar con alguien",
    # Portuguese
    "pessoa", "atendente", "falar com alguém",
    # French, German, Italian
    "humain", "personne", "conseiller", "conseillère", "mensch", "mitarbeiter", "mitarbeiterin",
    "umano", "operatore",
    # Arabic, Hebrew, Hindi, Indonesian, Turkish, Russian
    "موظف", "موظفة", "إنسان", "شخص", "נציג", "אדם", "इंसान", "व्यक्ति", "manusia",
    "temsilci", "insan", "оператор", "человек", "человеком",
    # Chinese, Japanese, Korean
    "人工", "真人", "担当者", "オペレーター", "상담원",
)  # fmt: skip


def best_keyword(text: str, keywords: Iterable[str]) -> tuple[str, int] | None:
    """The keyword that the text means best, and how well (3 to the letter alone, 2 within the
    text, 1 with typos); None when none is meant. Longer keywords win over shorter ones."""
    folded = fold(text)
    words = folded.split()[:WORDS_READ]
    scored = [(keyword, _score(text, folded, words, keyword)) for keyword in keywords]
    found = [pair for pair in scored if pair[1]]
    return max(found, key=lambda pair: (pair[1], len(pair[0])), default=None)


def asks_for_a_person(text: str) -> bool:
    """Does the customer want to speak with a human being?"""
    return best_keyword(text, ASKS_FOR_A_PERSON) is not None


def is_near(left: str, right: str) -> bool:
    """The same word but for a small typo: one in a word of five letters, two from nine on.

    The first letter must agree: people rarely mistype it, and "price" is not "prize" twice over
    as often as it is "Brice".
    """
    if left == right:
        return True
    shorter = min(len(left), len(right))
    allowed = 2 if shorter >= TWO_TYPOS_FROM else 1 if shorter >= ONE_TYPO_FROM else 0
    if not allowed or left[0] != right[0] or abs(len(left) - len(right)) > allowed:
        return False
    return _distance(left, right) <= allowed


def _score(text: str, folded: str, words: Sequence[str], keyword: str) -> int:
    wanted = fold(keyword)
    if not wanted:  # a keyword of symbols alone, such as an emoji
        return 3 if keyword.strip() and keyword.strip() in text else 0
    if wanted == folded:
        return 3
    if UNSPACED.search(wanted):
        return 2 if wanted in folded else 0
    parts = wanted.split()
    runs = [words[i : i + len(parts)] for i in range(len(words) - len(parts) + 1)]
    if parts in runs:
        return 2
    near = any(all(map(is_near, run, parts)) for run in runs)
    return 1 if near else 0


def _distance(left: str, right: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours between two short words."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
