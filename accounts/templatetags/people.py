"""What pages about people show beside their forms."""

from dataclasses import dataclass

from django import template
from django.conf import settings

from accounts.demo import DOMAIN, PASSWORD
from accounts.models import User

register = template.Library()
# The first that a browser names itself by: Edge says Chrome too, Chrome says Safari too.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome"}
BROWSERS |= {"Safari/": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
SYSTEMS |= {"Mac OS": "macOS", "CrOS": "ChromeOS", "Linux": "Linux"}


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
    people = User.objects.filter(email__endswith=DOMAIN, is_active=True).order_by("pk")
    return [
        DemoSignIn(user.name, user.email, user.get_role_display(), PASSWORD) for user in people
    ]


@register.filter
def browser(user_agent: str) -> str:
    """Chrome, Linux: what a session's browser calls itself, in words."""
    name = next((word for mark, word in BROWSERS.items() if mark in user_agent), "")
    system = next((word for mark, word in SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(filter(None, [name, system])) or user_agent[:60]
