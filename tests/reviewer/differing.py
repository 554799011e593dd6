"""Two versions' readings of one source, compared as a reprocess does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Comparison, Generation, SourceMedia, Tenant
from catalog.services import NewArtifact
from pipeline.comparing import compare_generations
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem, Stage
from pipeline.signals import compared
from reviewer.models import ReviewTask
from tests.factories import field_artifact, make_generation, make_source, make_version

_positions = count()
OLD, NEW = "1.0.0", "1.1.0"
LOW = {"page": 1, "bbox": [0.6, 0.8, 0.75, 0.83]}
HIGH = {"page": 1, "bbox": [0.6, 0.4, 0.75, 0.43]}


def reads(
    total: str | None = "21.20",
    date: str | None = "2018-01-11",
    company: str | None = "Gin Kee",
    *,
    region: Mapping[str, Any] | None = LOW,
    lines: Sequence[str] = (),
) -> list[NewArtifact]:
    """A receipt as one version reads it; None: it finds nothing there.

    lines: such as "Tea 4.10".
    """
    given = (
        ("total", total, "money"),
        ("date", date, "date"),
        ("company", company, "name"),
    )
    fields = [
        field_artifact(
            slot,
            value,
            value_type=kind,
            critical=True,
            region=dict(region) if region else None,
        )
        for slot, value, kind in given
        if value is not None
    ]
    for number, line in enumerate(lines):
        what, _, amount = line.rpartition(" ")
        place = f"lines[{number}]"
        fields.append(field_artifact(f"{place}.amount", amount))
        fields.append(field_artifact(f"{place}.description", what, value_type="text"))
    return fields


def two_readings(
    tenant: Tenant | None = None,
    *,
    old: Sequence[NewArtifact],
    new: Sequence[NewArtifact],
    source: SourceMedia | None = None,
    disposition: str = "auto_accept",
    refused: bool = False,
    new_version: str = NEW,
) -> Comparison:
    """The older one is current; the newer one is a candidate, or refused the file."""
    source = source or make_source(tenant)
    make_version(version=OLD)
    older = Generation.objects.filter(source=source, state="current").first()
    older = older or make_generation(
        source, version=OLD, disposition=disposition, fields=old
    )
    newer = make_generation(
        source,
        version=new_version,
        disposition="rejected" if refused else disposition,
        reason="encrypted" if refused else "all_critical_verified",
        fields=() if refused else new,
    )
    return compare_generations(old=older, new=newer)


def make_reprocess(version: str = NEW, *, seed: int = 7) -> Reprocess:
    return Reprocess.objects.create(
        pipeline_version=PipelineVersion.objects.get(version=version), seed=seed
    )


@transaction.atomic
def done_item(
    comparison: Comparison,
    *,
    reprocess: Reprocess | None = None,
    stage: Stage = Stage.CANARY,
    position: int | None = None,
    **slices: str,
) -> ReprocessItem:
    """What a worker leaves of a source; nobody was told of it yet."""
    new = comparison.new_generation
    return ReprocessItem.objects.create(
        reprocess=reprocess or make_reprocess(new.pipeline_version),
        source=new.source,
        stage=stage,
        position=next(_positions) if position is None else position,
        state=ReprocessItem.State.DONE,
        old_generation=comparison.old_generation,
        new_generation=new,
        comparison=comparison,
        slices={"template": new.template_key, "document_type": "receipt"} | slices,
        finished_at=timezone.now(),
    )


def tell(comparison: Comparison, **more: Any) -> ReprocessItem:
    item = done_item(comparison, **more)
    compared.send(sender=ReprocessItem, comparison=comparison, item=item)
    return item


def difference_task(
    tenant: Tenant | None = None,
    *,
    old: Sequence[NewArtifact] | None = None,
    new: Sequence[NewArtifact] | None = None,
    **more: Any,
) -> ReviewTask:
    """By default the total is 21.20 for the older version and 25.30 for the newer."""
    comparison = two_readings(
        tenant,
        old=reads() if old is None else old,
        new=reads("25.30", region=HIGH) if new is None else new,
        **more,
    )
    tell(comparison)
    return ReviewTask.objects.get(comparison=comparison)
