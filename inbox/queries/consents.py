"""What a contact may be sent, as far as they said so."""

from __future__ import annotations

import time
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Channel
from inbox.models import Consent, Contact, WishWords
from inbox.wishes import Vocabulary, Wish
from templates_app.models import MessageTemplate

FRESH = 10.0  # seconds after which changed words hold in every process
Category = MessageTemplate.Category


def vocabulary() -> Vocabulary:
    """Sash's words and the administrators' own."""
    return read_vocabulary(int(time.monotonic() / FRESH))


@lru_cache(maxsize=1)
def read_vocabulary(period: int) -> Vocabulary:
    """From the database, once in each period of ten seconds. period: its number."""
    rows = WishWords.objects.order_by("pk")
    return Vocabulary(
        Wish(row.language.lower(), row.is_opt_in, tuple(row.words), row.answer) for row in rows
    )


def newest_of(said: QuerySet[Consent]) -> QuerySet[Consent]:
    """What holds of statements: the newest of each contact, transport and purpose."""
    key = ("contact", "transport", "purpose")
    return said.order_by(*key, "-at", "-pk").distinct(*key)


def history_of(contact: Contact) -> list[Consent]:
    """Every statement, newest first."""
    return list(contact.consents.select_related("contact", "recorded_by").order_by("-at", "-pk"))


def why_not_wanted(template: MessageTemplate, contact_id: int, channel: Channel) -> str:
    """Why the customer may not be sent this template, in words; empty when they may.

    An opt-out always counts; an opt-in is needed where the channel says so. Codes are sent to
    whoever asked for one.
    """
    if template.category == Category.AUTHENTICATION:
        return ""
    purpose = purpose_of(template)
    said = Consent.objects.filter(contact=contact_id, transport=channel.transport, purpose=purpose)
    newest = said.order_by("-at", "-pk").first()
    if newest is not None and not newest.is_granted:
        return {
            Consent.Purpose.MARKETING: _("The customer asked for no marketing messages."),
            Consent.Purpose.UTILITY: _("The customer asked for no utility messages."),
        }[purpose]
    if newest is None and needs_opt_in(channel, purpose):
        return {
            Consent.Purpose.MARKETING: _(
                "Nobody has recorded that the customer agreed to marketing messages."
            ),
            Consent.Purpose.UTILITY: _(
                "Nobody has recorded that the customer agreed to utility messages."
            ),
        }[purpose]
    return ""


def purpose_of(template: MessageTemplate) -> Consent.Purpose:
    """Utility, or else marketing: a category to come is no weaker."""
    is_utility = template.category == Category.UTILITY
    return Consent.Purpose.UTILITY if is_utility else Consent.Purpose.MARKETING


def has_opted_out(contact_id: int) -> bool:
    """Of anything on WhatsApp, as far as the newest statements say."""
    said = Consent.objects.filter(contact=contact_id, transport=Channel.Transport.WHATSAPP)
    return any(not row.is_granted for row in newest_of(said))


def needs_opt_in(channel: Channel, purpose: Consent.Purpose) -> bool:
    """Is silence no consent there?"""
    if channel.opt_in == Channel.OptIn.MARKETING:
        return purpose == Consent.Purpose.MARKETING
    return channel.opt_in == Channel.OptIn.ALL
