"""allauth's rules for Sash: nobody signs up by themselves; invitations open the door."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-service sign-up, and mails no address that a request's headers chose."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """An address of the settings, as that of an invitation is. key: "<id>-<key>"."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[uidb36, token])
        return str(settings.BASE_URL) + path
