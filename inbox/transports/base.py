"""What every transport can do, and the three ways in which a call can end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import aiohttp

from accounts.models import Channel
from inbox.failures import Own
from inbox.models import Attachment
from inbox.window import Window
from templates_app.models import MessageTemplate


class Unsendable(Exception):
    """The message cannot be put into words that the provider takes; `reason` says why."""

    def __init__(self, reason: Own, detail: str = "") -> None:
        self.reason = reason
        super().__init__(detail or reason.name)


@dataclass(frozen=True, slots=True)
class Address:
    """From where a channel sends: the provider's id of it, and the secret that goes along."""

    sender_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Of a message, what goes to the provider; plain, since thousands a second are composed.

    identities: (kind of inbox.models.Identity, value), the oldest first. quoted_id: the
    provider's id of what it answers.
    """

    message_id: int
    kind: str
    text: str
    payload: Mapping[str, Any]
    identities: Sequence[tuple[str, str]]
    quoted_id: str = ""
    template: MessageTemplate | None = None
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. identities: kind of inbox.models.Identity -> value it told us."""

    provider_id: str
    identities: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider did not take it, for certain.

    may_retry: trying the same again can help. is_unauthorised: nothing of this channel will
    pass until somebody gives it a new token. retry_after: seconds.
    """

    code: int | None
    detail: str
    http_status: int | None = None
    may_retry: bool = False
    retry_after: float | None = None
    is_unauthorised: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether the provider took it."""

    detail: str
    http_status: int | None = None
    code: int | None = None


Outcome = Accepted | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as the provider knows it, until when."""

    media_id: str
    expires_at: datetime


class Transport(Protocol):
    """One provider. Composing is plain code; what touches the network is async."""

    def window_of(self, closes_at: datetime | None) -> Window:
        """The rule for free text on this transport."""

    def address_of(self, channel: Channel) -> Address | None:
        """From where to send; None while the channel has no number."""

    def compose(self, message: Outgoing) -> dict[str, Any]:
        """The request's body. The attachment is uploaded already. Raises Unsendable."""

    async def send(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        body: dict[str, Any],
        leaving: Callable[[], None] | None = None,
    ) -> Outcome:
        """Hand one composed body over. leaving: told when it goes to the wire."""

    async def upload(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        attachment: Attachment,
        at: datetime,
    ) -> Uploaded | Refused:
        """Give the provider a stored file; a failure is always safe to repeat."""

    async def mark_read(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        provider_id: str,
        *,
        is_typing: bool,
    ) -> None:
        """Tell the customer that we read up to a message, and type. Failures are swallowed."""
