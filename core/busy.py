"""The only place that says "come back later": the database is away, restarting, or held up."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.views.defaults import server_error
from psycopg_pool import PoolTimeout

PASSING = (OperationalError, InterfaceError, PoolTimeout)
SECONDS = "5"


def handle_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: 503 for what passes by itself, so that pages and proxies try again."""
    answer: HttpResponseServerError = server_error(request)
    if isinstance(sys.exc_info()[1], PASSING):
        answer.status_code = 503
        answer["Retry-After"] = SECONDS
    return answer
