"""Contacts and participants in words: roles, identities, attributes."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from inbox.identities import format_phone
from inbox.models import Contact, Conversation, Identity, Participant
from inbox.queries.names import mask

register = template.Library()
Kind = Identity.Kind
MOST_ATTRIBUTES = 50


@register.filter
def role_word(participant: Participant) -> str:
    """As what somebody takes part."""
    words = {
        "customer": _("Customer"),
        "assignee": _("Assigned"),
        "collaborator": _("Collaborator"),
        "observer": _("Observer"),
        "bot": _("Bot"),
    }
    return words.get(participant.role, participant.role)


@register.filter
def kind_word(identity: Identity) -> str:
    """What kind of address this is."""
    words = {
        "phone": _("Phone"),
        "wa_id": _("WhatsApp"),
        "bsuid": _("WhatsApp user"),
        "parent_bsuid": _("WhatsApp group of accounts"),
        "username": _("Username"),
        "visitor": _("Web visitor"),
        "email": _("E-mail"),
    }
    return words.get(identity.kind, identity.kind)


@register.filter
def shown_value(identity: Identity) -> str:
    """As people write it; an id that says nothing to anybody only by its end."""
    if identity.kind in {Kind.PHONE, Kind.WA_ID}:
        return format_phone(identity.key)
    if identity.kind == Kind.USERNAME:
        return "@" + identity.value.removeprefix("@")
    return identity.value if identity.kind == Kind.EMAIL else mask(identity.value)


@register.filter
def status_word(conversation: Conversation) -> str:
    """Open, closed or archived."""
    words = {"open": _("open"), "closed": _("closed"), "archived": _("archived")}
    return words.get(conversation.status, conversation.status)


@register.filter
def attribute_rows(contact: Contact) -> list[tuple[str, str]]:
    """What integrations know of somebody, as text; data of any other shape is left out."""
    rows: Any = contact.attributes
    if not isinstance(rows, dict):
        return []
    return [(str(key), str(value)[:300]) for key, value in sorted(rows.items())][:MOST_ATTRIBUTES]
