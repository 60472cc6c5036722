"""Contacts, conversations, participants, messages, the window, archives, and the live pages."""
