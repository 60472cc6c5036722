"""Bots, first floor: welcome, keywords, buttons, away, hand-off. They listen and never overrule."""
