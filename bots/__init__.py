"""Bots, first floor: welcome, keywords, buttons, away, hand-off. They never overrule people."""
