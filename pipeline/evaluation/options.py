"""What the commands around golden cases are asked for."""

from __future__ import annotations

from django.core.management.base import CommandError

from catalog.models import GoldenSet
from pipeline.models import PipelineVersion


def golden_set_of(number: int | None) -> GoldenSet | None:
    """None for none asked for. Raises CommandError."""
    if number is None:
        return None
    found = GoldenSet.objects.filter(number=number).first()
    if found is None:
        newest = GoldenSet.objects.newest()
        there = f"the newest is {newest.number}" if newest else "none was frozen yet"
        raise CommandError(f"There is no golden set {number}: {there}.")
    return found


def version_of(reference: str) -> PipelineVersion:
    """Raises CommandError."""
    try:
        return PipelineVersion.objects.named(reference)
    except PipelineVersion.DoesNotExist:
        known = ", ".join(str(v) for v in PipelineVersion.objects.released())
        raise CommandError(
            f"There is no pipeline version {reference!r}. Released: {known or 'none'}."
        ) from None
