"""What a customer is called on the page: never a raw identifier."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from inbox.identities import format_phone
from inbox.models import Contact, Conversation, Identity

SHOWN_DIGITS = 4


def name_of(contact: Contact) -> str:
    """The name an agent gave, the customer's own, @username, the number, or a masked id.

    Reads `contact.identities`, which lists prefetch.
    """
    given = (contact.name or contact.profile_name).strip()
    return given or address_of(contact) or _("Unknown customer")


def address_of(contact: Contact) -> str:
    """@username, the phone number as people write it, or the end of an id that says nothing."""
    values = {identity.kind: identity for identity in contact.identities.all()}
    if username := values.get(Identity.Kind.USERNAME):
        return "@" + username.value.removeprefix("@")
    for kind in (Identity.Kind.PHONE, Identity.Kind.WA_ID):
        if number := values.get(kind):
            return format_phone(number.key)
    for kind in (Identity.Kind.BSUID, Identity.Kind.VISITOR, Identity.Kind.EMAIL):
        if other := values.get(kind):
            return mask(other.value)
    return ""


def mask(value: str) -> str:
    """••••1234: enough to tell two apart, useless to anybody else."""
    return "••••" + value[-SHOWN_DIGITS:]


def prefetch_names(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """What `name_of` reads for each row's contact, without a query a row."""
    return rows.select_related("contact").prefetch_related("contact__identities")
