"""What every page answer carries: a request id, a time, and headers that keep it private."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import metrics
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("sash.request")
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
        metrics.PAGE_SECONDS.labels(request.method, route, response.status_code).observe(seconds)
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
