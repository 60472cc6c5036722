from importlib import import_module

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        """Listen to what people change and read; by name, since actions stand above this layer."""
        import_module("inbox.actions.people")
        import_module("inbox.actions.receipts")
        import_module("inbox.actions.sessions")
