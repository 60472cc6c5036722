"""Work that needs Django's models, in a process of its own: `python -m bench.inside people '{}'`.

Arguments and results are JSON, so that the bench itself never holds Django's settings, which
change with the database of each run.
"""

import importlib
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(task: str, arguments: str) -> None:
    """Call `bench.seeds.<task>.run` and print what it returns."""
    django.setup()
    module = importlib.import_module(f"bench.seeds.{task}")
    json.dump(module.run(**json.loads(arguments)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
