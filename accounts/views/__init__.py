"""Doors of a person's own pages, and of the numbers' cockpit."""
