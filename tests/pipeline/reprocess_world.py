"""A corpus read by 1.0.0 and a version 2.0.0 whose readings are made up, not read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Disposition, SourceMedia, Tenant
from catalog.services import NewArtifact, Reading
from pipeline import reprocessing
from pipeline.events import StepRecord
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem
from pipeline.reprocessing import Plan, Selection
from pipeline.reprocessing.dispatching import work_for
from pipeline.steps.base import Outcome
from tests.factories import (
    DOUBTFUL,
    field_artifact,
    make_generation,
    make_source,
    make_tenant,
    make_version,
    ocr_artifact,
)

OTHER = (
    field_artifact("total", "99.90", critical=True),
    *(field for field in DOUBTFUL if field.slot != "total"),
)


@dataclass
class Made:
    """What `execute` would have given: a whole reading."""

    version: PipelineVersion
    fields: Sequence[NewArtifact] = DOUBTFUL
    complete: bool = True
    reason: str = "verify_conflict"
    micro_usd: int = 0
    recipes: dict[str, Any] = field(default_factory=dict)

    @property
    def records(self) -> list[StepRecord]:
        return [
            StepRecord("ocr", Outcome.OK, 1, taken_from={"generation_id": "x"}),
            StepRecord("extract", Outcome.OK, 3, micro_usd=self.micro_usd),
        ]

    def reading(self) -> Reading:
        asked = Disposition.HUMAN_REVIEW if self.complete else Disposition.REJECTED
        return Reading(
            pipeline_name=self.version.name,
            pipeline_version=self.version.version,
            complete=self.complete,
            disposition=asked,
            reason=self.reason,
            document_type="receipt",
            template_key="t-000000000001",
            artifacts=[ocr_artifact(), *self.fields] if self.complete else [],
        )


@dataclass
class Reader:
    """Stands in for `pipeline.work.execute`. calls: source ids, in order of reading."""

    calls: list[Any] = field(default_factory=list)
    makes: Callable[[SourceMedia, PipelineVersion], Made] = lambda source, version: (
        Made(version)
    )

    def __call__(
        self, *, source: SourceMedia, version: PipelineVersion, **options: Any
    ) -> Made:
        self.calls.append(source.pk)
        return self.makes(source, version)


def corpus(count: int, tenant: Tenant | None = None) -> list[SourceMedia]:
    make_version()
    tenant = tenant or make_tenant("harbour")
    sources = [make_source(tenant) for _ in range(count)]
    for source in sources:
        make_generation(source)
    return sources


def target() -> PipelineVersion:
    return make_version(active=False, version="2.0.0")


def begin(selection: Selection | None = None, **plan: Any) -> Reprocess:
    """By default all of it in one go."""
    plan = {"until_stage": 3, **plan}
    return reprocessing.start(
        version=target(), selection=selection or Selection(), plan=Plan(**plan)
    )


def work_off(reprocess: Reprocess, *, seconds: float = 60) -> Reprocess:
    work_for(seconds=seconds)
    reprocess.refresh_from_db()
    return reprocess


def states(reprocess: Reprocess) -> dict[str, int]:
    found: dict[str, int] = ReprocessItem.objects.filter(reprocess=reprocess).totals()[
        "states"
    ]
    return found
