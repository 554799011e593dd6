"""/healthz: this process answers. /readyz: so does all that it needs. /health/: a page
for operators, with what does not stop anybody but must be known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import user_passes_test
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import blobs, fsck
from catalog.models import Erasure, LedgerEntry, ScrubRun
from pipeline import model_registry
from pipeline.acceptance import wording as proofs
from pipeline.models import Reprocess, Run
from pipeline.upgrades import stuck_versions

log = structlog.get_logger(__name__)

Check = Callable[[], dict[str, Any]]


# Of the last checks of the store on the page.
SHOWN = 10
# A reprocess of which nothing ended for so long has no worker.
STILL_AFTER = timedelta(minutes=10)


def is_operator(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Raises PermissionDenied for people who are logged in and no operators."""
    if user.is_authenticated and not getattr(user, "is_superuser", False):
        raise PermissionDenied
    return user.is_authenticated


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
    # Told, not judged: no upload must stop because a check of the store is old.
    body = {
        "status": "ok" if ready else "fail",
        "checks": results,
        "last_fsck": _result("fsck", fsck.latest),
    }
    return JsonResponse(body, status=200 if ready else 503)


@never_cache
@require_safe
@user_passes_test(is_operator)
def health(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "health.html",
        {
            "results": {name: _result(name, check) for name, check in CHECKS.items()},
            "scrubs": ScrubRun.objects.recent()[:SHOWN],
            "last_full": ScrubRun.objects.last_full(),
            "head": LedgerEntry.objects.all().head(),
            "model_warnings": model_registry.warnings(),
            "proof_warnings": list(proofs.warnings()),
            "stuck": list(stuck_versions()),
            "erasures": Erasure.objects.unfinished().select_related("tenant"),
            "still": Reprocess.objects.standing_still(
                since=timezone.now() - STILL_AFTER
            ).select_related("pipeline_version"),
        },
    )


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
