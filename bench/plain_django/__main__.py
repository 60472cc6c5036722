"""`python -m bench.plain_django`: make its tables."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain_django.settings"

import django
from django.core.management import call_command

django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)
