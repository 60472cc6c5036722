"""The keys, as the cheat sheet lists them; static/js/keys.js and data-key hold to them."""

from django.utils.translation import gettext as _

QUICK_EMOJIS = ["👍", "❤️", "😂", "😮", "😢", "🙏", "✅"]


def shortcuts() -> list[tuple[list[str], str]]:
    """Keys and what they do."""
    return [
        (["j", "k"], _("Next and previous conversation")),
        (["Enter"], _("Open")),
        (["r"], _("Reply")),
        (["n"], _("Private note")),
        (["Esc"], _("Out of the text, so that keys work again")),
        (["t"], _("Template")),
        (["y"], _("Take")),
        (["a"], _("Assign or transfer")),
        (["l"], _("Labels")),
        (["z"], _("Snooze")),
        (["e"], _("Close, and go to the next")),
        (["u"], _("Mark as unread")),
        (["i"], _("Contact panel")),
        (["c"], _("New conversation")),
        (["x"], _("Select several (supervisors)")),
        (["/"], _("Search")),
        (["Ctrl K"], _("Commands")),
        (["g", "m"], _("Go to Mine")),
        (["g", "u"], _("Go to Unassigned")),
        (["g", "a"], _("Go to All open")),
        (["g", "c"], _("Go to Closing soon")),
        (["g", "s"], _("Go to Snoozed")),
        (["g", "n"], _("Go to Mentions")),
        (["↑", "↓"], _("From message to message")),
        (["?"], _("This sheet")),
    ]
