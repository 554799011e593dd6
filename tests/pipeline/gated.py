"""A finished reprocess with its items, and what people know of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from catalog.models import SourceMedia, Tenant
from pipeline.comparing import compare_generations
from pipeline.models import Reprocess, ReprocessItem, Stage
from tests.factories import make_source, make_tenant, make_version
from tests.pipeline.compared_readings import know, read

_positions = itertools.count(1)
OUTCOMES = ("same", "better", "worse", "both wrong", "undecided")
READ_WRONG, TRUE = "2.12", "21.20"


def make_reprocess(**given: Any) -> Reprocess:
    """Paused at the end of its stage, to doc-extract 1.1.0."""
    make_version()
    return Reprocess.objects.create(
        pipeline_version=make_version(version="1.1.0", active=False),
        seed=1,
        **{"state": "paused", "why": "stage_done", **given},
    )


def make_item(
    reprocess: Reprocess,
    outcome: str = "same",
    *,
    tenant: Tenant | None = None,
    stage: Stage = Stage.SAMPLE,
    template: str = "t-1",
    state: str = "done",
    known_before: bool = False,
    **slices: str,
) -> ReprocessItem:
    """A compared document. better, worse: of the total, by an answer given since."""
    source = make_source(tenant or make_tenant("mill"))
    old_total = READ_WRONG if outcome == "better" else TRUE
    new_total = {"same": TRUE, "better": TRUE}.get(outcome, READ_WRONG)
    old = read(source, total=old_total)
    new = read(source, "1.1.0", total=new_total)
    if known_before:
        _know(source, outcome)
    ended = state != "waiting"
    item = ReprocessItem.objects.create(
        reprocess=reprocess,
        source=source,
        stage=stage,
        position=next(_positions),
        state=state,
        reason="internal_error" if state == "failed" else "",
        old_generation=old,
        new_generation=new,
        comparison=compare_generations(old=old, new=new) if state == "done" else None,
        slices={
            "tenant": source.tenant.slug,
            "template": template,
            "document_type": "receipt",
            "modality": "document",
            "quality": "clear",
            **slices,
        }
        if ended
        else {},
        finished_at=timezone.now() if ended else None,
    )
    if not known_before:
        _know(source, outcome)
    return item


def _know(source: SourceMedia, outcome: str) -> None:
    if outcome in ("better", "worse"):
        know(source, total=TRUE)
    elif outcome == "both wrong":
        know(source, total="7.00")


def make_items(
    reprocess: Reprocess, outcomes: Sequence[str], **given: Any
) -> list[ReprocessItem]:
    return [make_item(reprocess, outcome, **given) for outcome in outcomes]
