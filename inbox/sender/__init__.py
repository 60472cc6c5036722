"""The process that hands queued messages to the provider: `manage.py send`."""
