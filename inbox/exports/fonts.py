"""Which of the shipped fonts draws which letter, and what becomes of a letter that none draws."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent.parent / "fonts"
BASE = "NotoSans-Regular"
# Asked in this order for what the base font lacks.
FALLBACKS = (
    "NotoSansArabic-Regular",
    "NotoSansHebrew-Regular",
    "NotoSansDevanagari-Regular",
    "NotoSansThai-Regular",
    "DroidSansFallback",
    "Symbola",
)
# Joiners, selectors and skin tones of emoji draw nothing by themselves; marks that turn the
# direction of writing would let a customer reverse what we print.
INVISIBLE = {0x200B, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF, *range(0x1F3FB, 0x1F400)}
INVISIBLE |= {0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
INVISIBLE |= set(range(0xE0000, 0xE0080))


@cache
def letters_of(font: str) -> frozenset[int]:
    """The code points that a font draws."""
    with TTFont(FOLDER / f"{font}.ttf", lazy=True) as file:
        return frozenset(file.getBestCmap())


def fonts_for(texts: Iterable[str]) -> list[str]:
    """The fallback fonts that these texts need, so that no other is loaded."""
    wanted = {ord(char) for text in texts for char in text} - letters_of(BASE)
    needed = []
    for font in FALLBACKS:
        if wanted & letters_of(font):
            needed.append(font)
            wanted -= letters_of(font)
    return needed


def needs_shaping(line: str) -> bool:
    """Letters that join, turn or stack; shaping costs ten times as much as plain letters."""
    return any(
        0x0590 <= ord(char) <= 0x0EFF or unicodedata.category(char).startswith("M")
        for char in line
        if ord(char) > 0x02FF
    )


def drawable(text: str) -> str:
    """The text with every letter that no font draws written by its name in brackets."""
    return "".join(_drawable(char) for char in text)


def _drawable(char: str) -> str:
    code = ord(char)
    if code in INVISIBLE:
        return ""
    if char == "\n" or code in letters_of(BASE):
        return char
    if char in "\t\u2028\u2029\x0b\x0c\x85":
        return " "
    if unicodedata.category(char) in {"Cc", "Cf"}:
        return ""
    if any(code in letters_of(font) for font in FALLBACKS):
        return char
    return f"[{unicodedata.name(char, f'U+{code:04X}').lower()}]"
