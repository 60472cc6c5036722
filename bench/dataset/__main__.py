"""`python -m bench.dataset [size …] [--keep]`: build datasets; --keep serves them until Ctrl-C."""

import signal
import sys

from bench.dataset.build import SIZES, provide, say


def main() -> None:
    wanted = [name for name in sys.argv[1:] if name in SIZES] or ["1m", "10m"]
    for name in wanted:
        say(f"{name} is ready: {provide(name)}")
    if "--keep" in sys.argv:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.pause()


if __name__ == "__main__":
    main()
