"""What `make run` does: servers, settings, data, and every process of Sash in one terminal."""


class LaunchError(Exception):
    """Sash cannot start or go on; the text says what to do about it."""
