"""Draws a frame around lines of text, so that they stand out among log lines."""

from collections.abc import Sequence


def draw_box(lines: Sequence[str]) -> str:
    """The lines in a frame as wide as the longest."""
    width = max(map(len, lines), default=0)
    edge = "─" * (width + 4)
    inside = [f"│  {line:<{width}}  │" for line in lines]
    return "\n".join(["", f"┌{edge}┐", *inside, f"└{edge}┘", ""])
