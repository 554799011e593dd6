"""The `artifact_processed` event, spelled as the specification prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from catalog.ids import new_id
from pipeline.models import ProcessingEvent, Run, StepEvent


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How one step went. ms: wall-clock milliseconds; micro_usd: cost in 10^-6 USD.

    quality and detail hold figures and enum words only, never text of the document.
    memo_key is empty for a step that no later reading may take over; taken_from says
    whose results were taken over instead of running the step.
    """

    step: str
    outcome: str
    ms: int
    reason: str = ""
    model_id: str = ""
    quality: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    vision_tokens: int = 0
    micro_usd: int = 0
    version: str = ""
    memo_key: str = ""
    recipe: str = ""
    outputs: int = 0
    taken_from: dict[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"step": self.step, "outcome": self.outcome}
        if self.reason:
            data["reason"] = self.reason
        if self.quality:
            data["quality"] = self.quality
        if self.model_id:
            data["model_id"] = self.model_id
        if self.taken_from:
            data["memo"] = True
        return data | {
            **self.detail,
            "ms": self.ms,
            "vision_tokens": self.vision_tokens,
            "cost_usd": self.micro_usd / 1_000_000,
        }

    def as_kept(self) -> dict[str, Any]:
        """The entry of Generation.steps: what a later reading needs to take it over."""
        names = ("step", "version", "outcome", "reason", "quality", "detail")
        more = ("model_id", "memo_key", "recipe", "outputs")
        data = {name: getattr(self, name) for name in (*names, *more)}
        return data | ({"taken_from": self.taken_from} if self.taken_from else {})


@dataclass(frozen=True, slots=True)
class Reported:
    """What the event says of a run beyond its steps."""

    document_type: str
    template_key: str
    disposition: str
    reason: str
    total_ms: int


def write_event(
    *, run: Run, steps: Sequence[StepRecord], reported: Reported, at: datetime
) -> ProcessingEvent:
    """Store one event with a row a step, in the caller's transaction."""
    source, version = run.source, run.pipeline_version
    model_id = "+".join(dict.fromkeys(s.model_id for s in steps if s.model_id))
    tokens = sum(step.vision_tokens for step in steps)
    cost = sum(step.micro_usd for step in steps)
    event = ProcessingEvent(
        event_id=new_id(),
        created_at=at,
        run_id=run.run_id,
        source_id=source.source_id,
        tenant_id=source.tenant_id,
        modality=source.modality,
        pipeline_name=version.name,
        pipeline_version=version.version,
        model_id=model_id,
        document_type=reported.document_type,
        template_key=reported.template_key,
        disposition=reported.disposition,
        reason=reported.reason,
        total_ms=reported.total_ms,
        vision_tokens=tokens,
        micro_usd=cost,
        payload={
            "event": "artifact_processed",
            "source_id": str(source.source_id),
            "tenant_id": str(source.tenant_id),
            "modality": source.modality,
            "pipeline_name": version.name,
            "pipeline_version": version.version,
            "model_id": model_id,
            "steps": [step.as_json() for step in steps],
            "total_ms": reported.total_ms,
            "vision_tokens": tokens,
            "cost_usd": cost / 1_000_000,
        },
    )
    ProcessingEvent.objects.bulk_create([event])
    StepEvent.objects.bulk_create(
        [_step_event(event, number, step) for number, step in enumerate(steps)]
    )
    return event


def _step_event(event: ProcessingEvent, number: int, step: StepRecord) -> StepEvent:
    return StepEvent(
        event_id=event.event_id,
        step_no=number,
        created_at=event.created_at,
        tenant_id=event.tenant_id,
        pipeline_name=event.pipeline_name,
        pipeline_version=event.pipeline_version,
        model_id=step.model_id,
        template_key=event.template_key,
        step=step.step,
        outcome=step.outcome,
        reason=step.reason,
        ms=step.ms,
        vision_tokens=step.vision_tokens,
        micro_usd=step.micro_usd,
        quality=step.quality,
    )


def ensure_partitions(*, months_ahead: int = 3) -> None:
    """Make the months' partitions of the event tables; made ones are left alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_event_partitions(%s)", [months_ahead])
