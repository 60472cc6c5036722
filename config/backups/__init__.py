"""Backups of everything that Sash keeps: the database and the media folder, never a secret."""


class BackupError(Exception):
    """Nothing was changed; the text says what to do."""
