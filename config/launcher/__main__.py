"""`make run`: start Sash, say where it is, and stop all of it at Ctrl-C."""

import sys
from pathlib import Path

from config.launcher import LaunchError
from config.launcher.launch import launch
from config.launcher.supervisor import stop_on_signals
from config.services import ServiceError

INTERRUPTED = 130


def main() -> int:
    """The exit code for the shell."""
    stop_on_signals()
    try:
        launch(Path(__file__).resolve().parent.parent.parent)
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped. Everything is kept for the next start.\n")
        return INTERRUPTED
    except (LaunchError, ServiceError) as error:
        sys.stdout.write(f"\n{error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
