"""What a webhook can bring, as values: what reading gives and applying takes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inbox.models import EarlyEvent, Message


class Source(StrEnum):
    """Where a message came from, which decides what it does beside being shown.

    LIVE counts as unread, opens the window and rings the bots' bell. STANDBY (another partner
    holds the thread) only opens the window. GROUP and QUIET do none of that. ECHO was typed in
    the phone app. HISTORY is from before the number came to us.
    """

    LIVE = "live"
    STANDBY = "standby"
    GROUP = "group"
    QUIET = "quiet"
    ECHO = "echo"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as one webhook names them; any of the ids may be missing.

    Strongest first: parent_bsuid, bsuid, wa_id. username and name are only shown.
    """

    wa_id: str = ""
    bsuid: str = ""
    parent_bsuid: str = ""
    username: str = ""
    name: str = ""
    at: datetime | None = None

    @property
    def is_known_by(self) -> bool:
        """Is there anything to recognise them by?"""
        return bool(self.wa_id or self.bsuid or self.parent_bsuid)


@dataclass(frozen=True, slots=True)
class Media:
    """A file that Meta holds for us. sha256: hexadecimal, empty when it came unreadable."""

    media_id: str
    mime_type: str = ""
    filename: str = ""
    sha256: str = ""
    is_voice: bool = False
    is_animated: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: kind, searchable text, Meta's own payload, perhaps a file."""

    kind: Message.Kind
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message of the customer, or one of ours that was typed elsewhere."""

    number: str
    person: Person
    provider_id: str
    at: datetime
    content: Content
    source: Source = Source.LIVE
    is_ours: bool = False
    status: Message.Status = Message.Status.RECEIVED
    quoted_provider_id: str = ""
    is_forwarded: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """What became of a message of ours. callback: what we sent as biz_opaque_callback_data."""

    number: str
    provider_id: str
    status: Message.Status
    at: datetime
    callback: str = ""
    error_code: int | None = None
    error_detail: str = ""
    pricing: dict[str, Any] = field(default_factory=dict)
    person: Person | None = None
    participant: str = ""

    @property
    def kind(self) -> EarlyEvent.Kind:
        return EarlyEvent.Kind.STATUS


@dataclass(frozen=True, slots=True)
class MessageChange:
    """A reaction (emoji empty: taken back), edit or revocation of a message, by one side."""

    number: str
    provider_id: str
    kind: EarlyEvent.Kind
    at: datetime
    author: Message.Author = Message.Author.CUSTOMER
    emoji: str = ""
    text: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in a conversation that is no message: a call, a new number, a hand-over.

    moved_to: the person's new ids. creates: a conversation begins with it if none is there.
    """

    number: str
    person: Person
    kind: str
    at: datetime
    data: dict[str, Any]
    key: str
    moved_to: Person | None = None
    creates: bool = False
    opens_window: bool = False


@dataclass(frozen=True, slots=True)
class Preference:
    """The customer does or does not want marketing messages from now on; wording: Meta's."""

    number: str
    person: Person
    at: datetime
    is_opt_out: bool
    wording: str = ""


@dataclass(frozen=True, slots=True)
class AddressBookName:
    """What the business calls this person in the phone app."""

    number: str
    person: Person
    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a number, an account or a template, for the apps below."""

    field: str
    entry_id: str
    value: dict[str, Any]
    at: datetime
    key_time: str = ""
    kind: str = ""


Arrival = (
    NewMessage | StatusChange | MessageChange | Happening | Preference | AddressBookName | Notice
)
