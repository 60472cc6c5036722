"""Whether this process lives (/healthz), can serve (/readyz), and its figures (/metrics)."""

import secrets

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.live import client


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; says nothing else."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL answers; without Redis still 200, since only live pushes wait for it."""
    parts = {"database": _database(), "redis": _redis()}
    return JsonResponse(parts, status=200 if parts["database"] == "ok" else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for who presents SASH_METRICS_TOKEN as bearer token."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (settings.DEBUG or (token and secrets.compare_digest(given.encode(), token.encode()))):
        return HttpResponseForbidden("Set SASH_METRICS_TOKEN and send it as bearer token.\n")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _redis() -> str:
    try:
        client().ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
