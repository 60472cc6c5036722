"""Every change to people: invited, joined, given a role or a team, and gone."""

from accounts.actions.invitations import (
    AlreadyAMember,
    InvitationNotValid,
    accept_invitation,
    find_invitation,
    invite_person,
    withdraw_invitation,
)
from accounts.actions.people import (
    LastAdministrator,
    NotAnAdministrator,
    change_role,
    create_administrator,
    deactivate_person,
    end_sessions,
    reactivate_person,
    remove_membership,
    set_membership,
    set_presence,
)

__all__ = [
    "AlreadyAMember",
    "InvitationNotValid",
    "LastAdministrator",
    "NotAnAdministrator",
    "accept_invitation",
    "change_role",
    "create_administrator",
    "deactivate_person",
    "end_sessions",
    "find_invitation",
    "invite_person",
    "reactivate_person",
    "remove_membership",
    "set_membership",
    "set_presence",
    "withdraw_invitation",
]
