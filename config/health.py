"""/healthz: this process answers. /readyz: so does all that it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import blobs
from pipeline.models import Run

log = structlog.get_logger(__name__)

Check = Callable[[], dict[str, Any]]


class Unready(Exception):
    """The message is shown to everybody: no names, no secrets."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    results = {name: _result(name, check) for name, check in CHECKS.items()}
    ready = all(result["status"] == "ok" for result in results.values())
    body = {"status": "ok" if ready else "fail", "checks": results}
    return JsonResponse(body, status=200 if ready else 503)


def _result(name: str, check: Check) -> dict[str, Any]:
    try:
        return {"status": "ok", **check()}
    except Unready as error:
        return {"status": "fail", "reason": str(error)}
    except Exception:
        log.exception("readiness check failed", check=name)
        return {"status": "fail"}


def database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def storage() -> dict[str, Any]:
    """Writes a file where blobs are on disk, asks for the bucket elsewhere."""
    try:
        blobs.store().probe()
    except blobs.BlobUnavailable as error:
        log.error("storage_unavailable", code=error.code)
        raise Unready("blobs cannot be stored; the log says why") from None
    return {}


def queue() -> dict[str, Any]:
    """How long the oldest waiting run of each lane has waited, in seconds.

    Bulk runs may wait for hours; a person waits for the interactive ones.
    """
    now, seconds = timezone.now(), {}
    for lane in Run.Lane.values:
        oldest = Run.objects.waiting(lane).first()
        waited = now - oldest.requested_at if oldest else timedelta()
        seconds[lane] = round(waited.total_seconds())
    if seconds[Run.Lane.INTERACTIVE] > settings.LONGEST_QUEUE_SECONDS:
        raise Unready(f"the oldest run waits for {seconds[Run.Lane.INTERACTIVE]} s")
    return {"oldest_seconds": seconds}


CHECKS: dict[str, Check] = {"database": database, "storage": storage, "queue": queue}
