"""What every page answer carries: a request id, a time, and headers that keep it private."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from itertools import chain

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.defaults import bad_request

from core import metrics
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("sash.request")
# A stranger may call a method anything; each name would be a series of its own for ever.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# PostgreSQL's names for a character and for a number that it cannot hold.
CHARACTERS, NUMBERS = {"22021", "22P05"}, {"22003"}
NUL = re.compile(r"\0|\\u0000")
LONG = re.compile(r"\d{10,}")  # beyond the smallest kind of column
SANE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestId:
    """Takes a sane X-Request-Id from a proxy, makes one otherwise, and logs the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        token = request_id.set(given if SANE_ID.fullmatch(given) else secrets.token_hex(8))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            self.record(request, response, time.perf_counter() - started)
            return response
        finally:
            request_id.reset(token)

    def record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        route = match.route if match else "unmatched"
        method = request.method if request.method in METHODS else "other"
        metrics.PAGE_SECONDS.labels(method, route, response.status_code).observe(seconds)
        if not request.path.startswith("/static/"):
            log.info(
                "%s %s %s",
                request.method,
                request.path,
                response.status_code,
                extra={"milliseconds": round(seconds * 1000, 1)},
            )


class PageHeaders:
    """Pages hold customers' words: no cache keeps them, and no device is asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=()"
        )
        return response


class Storable:
    """NUL in a text or a number of any length comes from no form of ours: 400.

    Only where the request itself brought it. Whatever else PostgreSQL cannot hold, it got from
    a fault of ours, which is a 500 and is seen.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if "\0" not in value
        }
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if not isinstance(exception, DataError) or not is_brought(request, exception):
            return None
        log.warning("refused by the database: %s", exception, exc_info=exception)
        return bad_request(request, exception)


def is_brought(request: HttpRequest, error: DataError) -> bool:
    """The request holds what the database complains of."""
    state = getattr(error.__cause__, "sqlstate", None)
    is_nul = state in CHARACTERS or (state is None and "NUL" in str(error))
    if not is_nul and state not in NUMBERS:
        return False
    pattern = NUL if is_nul else LONG
    return any(pattern.search(value) for value in values_of(request))


def values_of(request: HttpRequest) -> Iterator[str]:
    """Every text that whoever asks has chosen."""
    yield request.path
    for data in (request.GET, request.POST):
        for name, values in data.lists():
            yield name
            yield from values
    for file in chain.from_iterable(files for _, files in request.FILES.lists()):
        yield file.name or ""
