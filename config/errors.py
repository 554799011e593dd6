"""What people and programs are told when something broke."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import server_error

AGAIN = "The database does not answer: try again in a moment. Nothing was half kept."


def broken(request: HttpRequest) -> HttpResponse:
    """503 while the database restarts or is away, which time heals; 500 for a defect.

    Wherever it was found missing, in a view or before one.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    response: HttpResponse
    if request.path.startswith("/api/"):
        response = JsonResponse({"detail": AGAIN}, status=503)
    else:
        response = HttpResponse(f"{AGAIN}\n", status=503, content_type="text/plain")
    response.headers["Retry-After"] = "5"
    return response
