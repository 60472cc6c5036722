"""Doors of the templates' own pages, for supervisors and administrators."""
