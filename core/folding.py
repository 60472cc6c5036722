"""Text as it is compared: accents, case, punctuation and spaces make no difference. Pure."""

import re
import unicodedata

# Marks that people leave out when they type in a hurry: Latin accents, Arabic and Hebrew vowels.
# Vowel signs of other scripts (Devanagari, Thai) change the word, so they stay.
OPTIONAL_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")


def fold(text: str) -> str:
    """Comparable text: lower case, no optional marks, punctuation and symbols as spaces."""
    plain = OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    plain = unicodedata.normalize("NFKC", plain)
    return " ".join("".join(" " if _separates(c) else c for c in plain).split())


def _separates(character: str) -> bool:
    return unicodedata.category(character)[0] in "PZSC"
