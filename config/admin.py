"""The admin's frame: colours, files, and the grouped navigation with its counts."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def link(title: str, icon: str, model: str, **more: Any) -> dict[str, Any]:
    """One line of the navigation. model: "<app>_<model>"."""
    url = reverse_lazy(f"admin:{model}_changelist")
    return {"title": title, "icon": icon, "link": url, **more}


def group(title: str, *items: dict[str, Any], is_open: bool = True) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": not is_open, "items": list(items)}


def never(request: HttpRequest) -> bool:
    """The way out of the admin is nowhere in it."""
    return False


NAVIGATION = [
    {
        "items": [
            {"title": "Dashboard", "icon": "dashboard", "link": reverse_lazy("admin:index")},
            {"title": "Open the inbox", "icon": "forum", "link": "/", "active": never},
        ]
    },
    group(
        "Conversations",
        link("Conversations", "chat", "inbox_conversation"),
        link("Contacts", "contacts", "inbox_contact"),
        link("Messages", "sms", "inbox_message", badge="inbox.admin.dashboard.failed_badge"),
        link("Archives", "inventory_2", "inbox_archive"),
        link("Canned replies", "quickreply", "inbox_cannedreply"),
        link("Labels", "label", "inbox_label"),
        link("Consent", "how_to_reg", "inbox_consent"),
        link("Opt-out words", "unsubscribe", "inbox_wishwords"),
    ),
    group("Bots", link("Flows", "smart_toy", "bots_flow"), link("Runs", "route", "bots_flowrun")),
    group(
        "People",
        link("People", "person", "accounts_user"),
        link("Teams", "groups", "accounts_team"),
        link("Invitations", "mail", "accounts_invitation"),
    ),
    group(
        "WhatsApp",
        link(
            "Numbers", "call", "accounts_phonenumber", badge="inbox.admin.dashboard.number_badge"
        ),
        link("Channels", "hub", "accounts_channel"),
        link("Templates", "description", "templates_app_messagetemplate"),
        link("Business accounts", "storefront", "accounts_waba"),
        link("Apps and secrets", "key", "accounts_whatsappapp"),
        link("What Meta reported", "campaign", "accounts_accountevent"),
    ),
    group(
        "Operation",
        link(
            "Quarantine",
            "report",
            "inbox_quarantinedevent",
            badge="inbox.admin.dashboard.quarantine_badge",
        ),
        link("Webhook journal", "receipt_long", "inbox_webhookdelivery"),
        link("Outbox", "outbox", "inbox_outboxentry"),
        link("Attempts", "send", "inbox_attempt"),
        link("Attachments", "attach_file", "inbox_attachment"),
        link("Mails", "outgoing_mail", "core_mail"),
        link("Audit log", "history", "core_auditevent"),
        link("Admin's changes", "edit_note", "admin_logentry"),
    ),
    group(
        "Details",
        link("Identities", "fingerprint", "inbox_identity"),
        link("Quotas", "speed", "accounts_quota"),
        link("Customers reached", "outbound", "accounts_reached"),
        link("Quota samples", "show_chart", "accounts_quotasample"),
        link("Session windows", "schedule", "inbox_sessionwindow"),
        link("Participants", "group", "inbox_participant"),
        link("Assignments", "assignment_ind", "inbox_assignment"),
        link("Events", "timeline", "inbox_event"),
        link("Reactions", "add_reaction", "inbox_reaction"),
        link("Mentions", "alternate_email", "inbox_mention"),
        link("Read marks", "done_all", "inbox_readmark"),
        link("Drafts", "draft", "inbox_draft"),
        link("Early events", "pending", "inbox_earlyevent"),
        link("Bots' bells", "notifications", "inbox_bell"),
        link("Away notices", "bedtime", "bots_awaynotice"),
        link("Memberships", "badge", "accounts_membership"),
        link("Presence", "radio_button_checked", "accounts_presence"),
        link("Business profiles", "store", "accounts_businessprofile"),
        link("Sessions", "devices", "usersessions_usersession"),
        link("Second factors", "lock", "mfa_authenticator"),
        is_open=False,
    ),
]

FRAME = {
    "SITE_TITLE": "Sash",
    "SITE_HEADER": "Sash",
    "SITE_URL": "/",
    "SITE_SYMBOL": "window",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("favicon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "accounts.admin_site.environment",
    "DASHBOARD_CALLBACK": "inbox.admin.dashboard.dashboard",
    "STYLES": [lambda request: static("css/admin.css")],
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": NAVIGATION},
    # Sash's own green, so that the admin is recognisably the same house.
    "COLORS": {
        "primary": {
            "50": "oklch(97% .02 165)",
            "100": "oklch(94% .045 165)",
            "200": "oklch(89% .08 165)",
            "300": "oklch(82% .12 165)",
            "400": "oklch(73% .14 163)",
            "500": "oklch(62% .13 163)",
            "600": "oklch(51% .11 165)",
            "700": "oklch(44% .09 166)",
            "800": "oklch(37% .075 167)",
            "900": "oklch(31% .06 168)",
            "950": "oklch(21% .045 169)",
        }
    },
}
