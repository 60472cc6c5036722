"""allauth's rules for Sash: nobody signs up by themselves; invitations open the door."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-service sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
