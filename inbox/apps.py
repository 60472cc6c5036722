from importlib import import_module

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        """Listen to what changes among people; by name, since actions stand above this layer."""
        import_module("inbox.actions.people")
