"""What the API says when it cannot do what was asked: always {"detail": a sentence}."""

from __future__ import annotations

from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from catalog.stores.base import BlobUnavailable

STORAGE_SILENT = "The storage of the bytes does not answer: try again in a minute."
NOT_FOUND = "There is nothing under this id that you may see: check the id."


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This is too much to send at once: send less."


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "Somebody else was first: read it again, then decide anew."


class Erased(APIException):
    status_code = status.HTTP_410_GONE
    default_detail = "This was erased: the source says when, and on what ground."


class Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "This cannot be done at the moment: try again later."


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """{"detail"}; where input was refused also {"errors": {field: [sentence, ...]}}."""
    if isinstance(exc, BlobUnavailable):
        exc = Unavailable(STORAGE_SILENT)
    if isinstance(exc, RecursionError):
        exc = ParseError("The JSON is nested too deeply.")
    response = exception_handler(exc, context)
    if response is None:
        return None
    if response.status_code == status.HTTP_404_NOT_FOUND:
        response.data = {"detail": NOT_FOUND}
    elif response.status_code == status.HTTP_400_BAD_REQUEST:
        response.data = _refused(response.data)
    return response


def _refused(errors: Any) -> dict[str, Any]:
    if isinstance(errors, dict) and set(errors) == {"detail"}:
        return {"detail": str(errors["detail"])}
    named = errors if isinstance(errors, dict) else {"request": errors}
    name, messages = next(iter(named.items()))
    first = messages[0] if isinstance(messages, list) and messages else messages
    return {"detail": f"{name}: {first}", "errors": named}
