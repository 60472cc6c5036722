"""The ground under every app: live pushes, event log, secrets, media, formatting, health."""
