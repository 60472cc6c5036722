"""Before any test is read: real servers, and Django set up against them."""

import django

from tests.services import provide_services

provide_services()
django.setup()
