"""How the last check went, for whoever watches."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from catalog.models import ScrubRun


def latest() -> dict[str, Any]:
    """Of the last check of the whole, and of the last of a sample: age and result.

    {"full": {"age_seconds", "found"} or None, "sample": ...}; counts by word.
    """
    return {
        mode.value: _told(ScrubRun.objects.finished().filter(mode=mode).first())
        for mode in (ScrubRun.Mode.FULL, ScrubRun.Mode.SAMPLE)
    }


def _told(run: ScrubRun | None) -> dict[str, Any] | None:
    if run is None or run.finished_at is None:
        return None
    age = timezone.now() - run.finished_at
    return {"age_seconds": round(age.total_seconds()), "found": run.found}
