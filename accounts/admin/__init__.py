"""The admin's door, and pages for people and teams, and for the business.

People enter by Sash's own sign-in, with its limits and second factors; whoever is signed in
and is no administrator gets 403.
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.admin import (  # noqa: F401
    businesses,
    channels,
    invitations,
    people,
    quota,
    sign_in,
)

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.index_title = "Dashboard"
