"""Pages for contacts, conversations, messages, the journal and everything they leave behind."""

from inbox.admin import (  # noqa: F401 - register pages
    archives,
    consents,
    contacts,
    conversations,
    desks,
    journal,
    messages,
    sending,
)
