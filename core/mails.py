"""Mails that Sash sends by itself: written in the transaction that they tell of, sent after it.

A mail server that is away delays them and loses none; one that took a mail just before a crash
may get it a second time.
"""

import logging
from datetime import datetime, timedelta
from enum import Enum, auto
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage
from django.db import transaction

from core.hints import hint
from core.models import Mail

log = logging.getLogger("sash.mail")
# After each try that failed; then it is given up, and stands in the admin.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]


class Outcome(Enum):
    """What became of one try."""

    SENT = auto()
    REFUSED = auto()
    SERVER_AWAY = auto()
    NONE_DUE = auto()


def send_later(*, to: str, subject: str, text: str, at: datetime) -> Mail:
    """Queue one mail; it leaves once this transaction is committed."""
    line = " ".join(subject.split())[:200]
    mail = Mail.objects.create(to=to, subject=line, text=text, created_at=at, due_at=at)
    hint("core.tasks.send_mails")
    return mail


def send_due(at: datetime) -> int:
    """Send what is due. Gives how many left."""
    sent = 0
    while (outcome := _send_next(at)) not in {Outcome.NONE_DUE, Outcome.SERVER_AWAY}:
        sent += outcome is Outcome.SENT
    return sent


@transaction.atomic
def _send_next(at: datetime) -> Outcome:
    due = Mail.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    mail = due.select_for_update(skip_locked=True).first()
    if mail is None:
        return Outcome.NONE_DUE
    mail.tries += 1
    outcome = Outcome.SENT
    try:
        EmailMessage(mail.subject, mail.text, None, [mail.to]).send()
    except Exception as error:  # one that cannot even be written must not hold up the others
        pauses = PAUSES[mail.tries - 1 : mail.tries]
        mail.due_at = at + pauses[0] if pauses else None
        mail.error = str(error)[:300]
        answered = isinstance(error, SMTPResponseException | SMTPRecipientsRefused)
        is_away = isinstance(error, OSError) and not answered
        outcome = Outcome.SERVER_AWAY if is_away else Outcome.REFUSED
        log.warning("a mail did not leave: %s", error)
    else:
        mail.due_at, mail.sent_at, mail.error = None, at, ""
    mail.save()
    return outcome
