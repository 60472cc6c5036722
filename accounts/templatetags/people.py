"""What pages about people show beside their forms."""

from dataclasses import dataclass

from django import template
from django.conf import settings

from accounts.models import User

register = template.Library()
# The demo data's people; nothing else has these addresses or this password.
DEMO_DOMAIN = "@sash.example"
DEMO_PASSWORD = "window-open"  # noqa: S105 - printed on the page that it opens


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One person of the demo, with all that it takes to be them."""

    name: str
    email: str
    role: str
    password: str


@register.simple_tag
def demo_sign_ins() -> list[DemoSignIn]:
    """The demo's people; nobody on any installation that is no demo."""
    if not settings.DEMO:
        return []
    people = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).order_by("pk")
    return [
        DemoSignIn(user.name, user.email, user.get_role_display(), DEMO_PASSWORD)
        for user in people
    ]
