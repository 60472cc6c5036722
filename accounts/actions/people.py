"""People, their roles, teams and presence. None as the person who acts is Sash's own commands."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from accounts import signals
from accounts.models import Invitation, Membership, Presence, Team, User
from core.events import record

ADMINISTRATORS = Q(role=User.Role.ADMINISTRATOR, is_active=True)


class NotAnAdministrator(Exception):
    """Only administrators change people, roles and teams."""


class NotASupervisor(Exception):
    """Only supervisors and administrators change templates and numbers."""


class LastAdministrator(Exception):
    """Somebody must be left who can let others in."""


@transaction.atomic
def create_administrator(*, email: str, name: str, password: str, at: datetime) -> User:
    """The first administrator, or another one made at the server's console.

    Raises ValidationError for a weak password, IntegrityError for a taken address.
    """
    validate_password(password, User(email=email, name=name))
    user = User.objects.create_user(
        email, password, name=name, role=User.Role.ADMINISTRATOR, is_superuser=True
    )
    record(kind="person.created", actor=None, at=at, subject=user, role=user.role)
    return user


@transaction.atomic
def change_role(*, user: User, role: User.Role, by: User | None, at: datetime) -> User:
    """What somebody may do, at once. Raises LastAdministrator, NotAnAdministrator."""
    require_administrator(by)
    locked = lock_person(user)
    was = locked.role
    if was == role:
        return locked
    if locked.is_administrator:
        refuse_to_lose_last(locked)
    locked.role = role
    locked.is_superuser = locked.is_administrator
    locked.save(update_fields=["role", "is_superuser"])
    record(kind="person.role", actor=by, at=at, subject=locked, role=role, was=was)
    signals.access_changed.send(User, users=[locked.pk])
    return locked


@transaction.atomic
def set_membership(
    *, user: User, team: Team, by: User | None, at: datetime, is_lead: bool = False
) -> Membership:
    """In the team from now on, as lead or not. Raises NotAnAdministrator."""
    require_administrator(by)
    membership, is_new = Membership.objects.get_or_create(
        user=user, team=team, defaults={"is_lead": is_lead}
    )
    if not is_new and membership.is_lead == is_lead:
        return membership
    membership.is_lead = is_lead
    membership.save(update_fields=["is_lead"])
    record(kind="person.joined", actor=by, at=at, subject=user, team=team.name, lead=is_lead)
    signals.access_changed.send(User, users=[user.pk])
    return membership


@transaction.atomic
def remove_membership(*, user: User, team: Team, by: User | None, at: datetime) -> None:
    """Out of the team; its conversations leave their hands at once. Raises NotAnAdministrator."""
    require_administrator(by)
    deleted, _ = Membership.objects.filter(user=user, team=team).delete()
    if not deleted:
        return
    record(kind="person.left_team", actor=by, at=at, subject=user, team=team.name)
    signals.left_team.send(User, user=user, team=team, by=by, at=at)
    signals.access_changed.send(User, users=[user.pk])


@transaction.atomic
def deactivate_person(*, user: User, by: User | None, at: datetime) -> User:
    """A leaver: cannot sign in, is signed out everywhere, and has no open conversation.

    What they wrote stays theirs. Invitations to their address are void.
    Raises LastAdministrator, NotAnAdministrator.
    """
    require_administrator(by)
    locked = lock_person(user)
    if not locked.is_active:
        return locked
    if locked.is_administrator:
        refuse_to_lose_last(locked)
    locked.is_active = False
    locked.set_unusable_password()
    locked.save(update_fields=["is_active", "password"])
    end_sessions(locked)
    Invitation.objects.filter(email__iexact=locked.email, accepted_at=None).delete()
    Invitation.objects.filter(invited_by=locked, accepted_at=None).delete()
    record(kind="person.deactivated", actor=by, at=at, subject=locked)
    signals.person_left.send(User, user=locked, by=by, at=at)
    signals.access_changed.send(User, users=[locked.pk])
    return locked


@transaction.atomic
def reactivate_person(*, user: User, by: User | None, at: datetime) -> User:
    """Back again, with the old role and teams, and a new password by mail.

    Raises NotAnAdministrator.
    """
    require_administrator(by)
    locked = lock_person(user)
    if not locked.is_active:
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        record(kind="person.reactivated", actor=by, at=at, subject=locked)
        signals.access_changed.send(User, users=[locked.pk])
    return locked


def end_sessions(user: User) -> None:
    """Signed out in every browser."""
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def set_presence(*, user: User, state: Presence.State, at: datetime) -> Presence:
    """What somebody says of themselves: available or away."""
    presence, is_new = Presence.objects.get_or_create(user=user, defaults={"state": state})
    if is_new or presence.state != state:
        presence.state = state
        presence.save(update_fields=["state"])
        signals.presence_changed.send(User, user=user)
    return presence


def require_administrator(by: User | None) -> None:
    """Raises NotAnAdministrator."""
    if by is not None and not (by.is_active and by.is_administrator):
        raise NotAnAdministrator("Only administrators may do that.")


def require_supervisor(by: User | None) -> None:
    """Raises NotASupervisor."""
    if by is not None and not (by.is_active and by.may_supervise):
        raise NotASupervisor("Only supervisors and administrators may do that.")


def lock_person(user: User) -> User:
    """The fresh row, locked with all administrators, so that two of them cannot go at once."""
    people = User.objects.filter(Q(pk=user.pk) | ADMINISTRATORS)
    return {row.pk: row for row in people.select_for_update().order_by("pk")}[user.pk]


def refuse_to_lose_last(user: User) -> None:
    """Raises LastAdministrator."""
    if not User.objects.filter(ADMINISTRATORS).exclude(pk=user.pk).exists():
        raise LastAdministrator("Make somebody else an administrator first.")
