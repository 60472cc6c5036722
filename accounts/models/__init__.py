"""One noun a file."""

from accounts.models.businesses import (
    AccountEvent,
    BusinessProfile,
    PhoneNumber,
    Waba,
    WhatsAppApp,
)
from accounts.models.channels import BusinessHours, Channel
from accounts.models.people import Invitation, Membership, Presence, Team, User
from accounts.models.quota import Quota, QuotaSample, Reached

__all__ = [
    "AccountEvent",
    "BusinessHours",
    "BusinessProfile",
    "Channel",
    "Invitation",
    "Membership",
    "PhoneNumber",
    "Presence",
    "Quota",
    "QuotaSample",
    "Reached",
    "Team",
    "User",
    "Waba",
    "WhatsAppApp",
]
