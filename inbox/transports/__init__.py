"""How messages leave: one class a provider, found by the name that a channel carries."""

from functools import cache

from django.utils.module_loading import import_string

from inbox.transports.base import (
    Accepted,
    Address,
    Outcome,
    Outgoing,
    Refused,
    Transport,
    Unknown,
    Unsendable,
    Uploaded,
)

TRANSPORTS = {"whatsapp": "inbox.transports.whatsapp.WhatsApp"}

__all__ = [
    "TRANSPORTS",
    "Accepted",
    "Address",
    "Outcome",
    "Outgoing",
    "Refused",
    "Transport",
    "Unknown",
    "Unsendable",
    "Uploaded",
    "find_transport",
]


@cache
def find_transport(name: str) -> Transport:
    """The code that speaks for `Channel.transport`. Raises KeyError for a name of nobody."""
    transport: Transport = import_string(TRANSPORTS[name])()
    return transport
