"""Doors for people's browsers: translate in, one query or action, translate out."""
