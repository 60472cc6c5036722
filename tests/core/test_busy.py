"""A page that the database holds up says 503, which is tried again; our own faults stay 500."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg_pool import PoolTimeout

from core.busy import handle_error


def answer_to(error: Exception) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/inbox/all/")
    try:
        raise error
    except type(error):
        return handle_error(request)


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, PoolTimeout])
def test_what_passes_by_itself_is_503(kind: type[Exception]) -> None:
    answer = answer_to(kind("the database is starting up"))

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"


def test_a_fault_of_ours_stays_500() -> None:
    answer = answer_to(ValueError("a fault"))

    assert answer.status_code == 500
    assert "Retry-After" not in answer
