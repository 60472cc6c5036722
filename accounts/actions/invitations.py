"""Invitations: the only way in. The address in the mail works once, for a week."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import signals
from accounts.actions.people import require_administrator
from accounts.models import Invitation, Membership, Team, User
from core.events import record

VALID_FOR = timedelta(days=7)


class AlreadyAMember(Exception):
    """Somebody with this address is in already."""


class InvitationNotValid(Exception):
    """Unknown, used, withdrawn or too old: all the same to whoever tries."""


@transaction.atomic
def invite_person(
    *,
    email: str,
    by: User | None,
    at: datetime,
    role: User.Role = User.Role.AGENT,
    teams: Iterable[Team] = (),
    name: str = "",
) -> tuple[Invitation, str]:
    """The invitation and its secret, which goes out by mail once this is committed.

    An earlier invitation to the address is void. Raises AlreadyAMember, NotAnAdministrator.
    """
    require_administrator(by)
    email = User.objects.normalize_email(email).lower()
    if User.objects.filter(email__iexact=email, is_active=True).exists():
        raise AlreadyAMember(f"{email} is in Sash already.")
    Invitation.objects.filter(email__iexact=email, accepted_at=None).delete()
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name.strip()[:120],
        role=role,
        token_hash=hash_token(token),
        invited_by=by,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    invitation.teams.set(teams)
    record(kind="person.invited", actor=by, at=at, subject=invitation, email=email, role=role)
    # A mail server that is down must not undo it: the secret is also handed back.
    transaction.on_commit(lambda: mail_invitation(invitation, token), robust=True)
    return invitation, token


def hash_token(token: str) -> str:
    """What is stored of a secret that has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def mail_invitation(invitation: Invitation, token: str) -> None:
    """The address comes from the settings, never from a request's headers."""
    link = settings.BASE_URL + reverse("accept_invitation", args=[token])
    inviter = str(invitation.invited_by or _("The administrator"))
    text = _(
        "%(inviter)s invites you to answer customers in Sash.\n\n"
        "Choose your password here, within seven days:\n%(link)s\n"
    )
    send_mail(
        _("Your invitation to Sash"),
        text % {"inviter": inviter, "link": link},
        None,
        [invitation.email],
    )


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User | None, at: datetime) -> None:
    """Its address no longer works. Raises NotAnAdministrator."""
    require_administrator(by)
    standing = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if standing.delete()[0]:
        record(kind="person.uninvited", actor=by, at=at, email=invitation.email)


def find_invitation(*, token: str, at: datetime) -> Invitation:
    """The standing invitation of a secret. Raises InvitationNotValid."""
    standing = Invitation.objects.filter(accepted_at=None, expires_at__gt=at)
    invitation = standing.filter(token_hash=hash_token(token)).first()
    if invitation is None:
        raise InvitationNotValid(
            "This invitation is used, withdrawn or too old. Ask for a new one."
        )
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, at: datetime) -> User:
    """Join, or come back, with the role and teams of the invitation; it works once.

    Raises InvitationNotValid, and ValidationError for a weak password.
    """
    found = find_invitation(token=token, at=at)
    invitation = Invitation.objects.select_for_update().filter(pk=found.pk).first()
    if invitation is None or invitation.accepted_at is not None:
        raise InvitationNotValid("This invitation was used a moment ago.")
    validate_password(password, User(email=invitation.email, name=name))
    user = _join(invitation, name=name.strip()[:120], password=password)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    for team in invitation.teams.all():
        Membership.objects.get_or_create(user=user, team=team)
    record(kind="person.accepted", actor=user, at=at, subject=user, role=user.role)
    signals.access_changed.send(User, users=[user.pk])
    return user


def _join(invitation: Invitation, *, name: str, password: str) -> User:
    """A leaver who is asked back is the same person, with the teams of the new invitation."""
    user = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if user is None:
        user = User(email=invitation.email)
    elif user.is_active:
        raise InvitationNotValid("Somebody with this address is in Sash already.")
    else:
        Membership.objects.filter(user=user).delete()
    user.name = name or invitation.name
    user.role = invitation.role
    user.is_superuser = user.is_administrator
    user.is_active = True
    user.set_password(password)
    user.save()
    return user
