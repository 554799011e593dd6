"""A reading as plain data: what the command line prints and the API answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Generation, Kind
from pipeline.claims import LINE_COLUMNS, LINE_SLOT
from pipeline.models import ProcessingEvent, Run

ABSENT = "person_absent"


def field_as_json(artifact: DerivedArtifact) -> dict[str, Any]:
    """{"value", "page", "bbox", "confidence", "status"}; page and bbox may be null."""
    payload = artifact.payload or {}
    region = artifact.region or {}
    return {
        "value": payload.get("value") or None,
        "page": region.get("page"),
        "bbox": region.get("bbox"),
        "confidence": payload.get("confidence"),
        "status": payload.get("status"),
    }


def values_of(
    artifacts: Iterable[DerivedArtifact],
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Header fields by name, and line items in order, of live field artifacts."""
    fields: dict[str, dict[str, Any]] = {}
    lines: dict[int, dict[str, Any]] = {}
    none: set[int] = set()
    for artifact in artifacts:
        if match := LINE_SLOT.fullmatch(artifact.slot):
            number = int(match["number"])
            row = lines.setdefault(number, dict.fromkeys(LINE_COLUMNS))
            row[match["column"]] = (artifact.payload or {}).get("value") or None
            none |= {number} if denies_line(artifact) else set()
        else:
            fields[artifact.slot] = field_as_json(artifact)
    return fields, [lines[number] for number in sorted(lines.keys() - none)]


def denies_line(artifact: DerivedArtifact) -> bool:
    """Whether a person said that there is no such line: that it has no amount."""
    payload = artifact.payload or {}
    return artifact.slot.endswith(".amount") and payload.get("reason") == ABSENT


def live_fields(generation: Generation) -> list[DerivedArtifact]:
    return _live_fields(generation.pk)


@compiled
def _live_fields(generation_id: uuid.UUID) -> QuerySet[DerivedArtifact]:
    live = DerivedArtifact.objects.live_in(Generation(pk=generation_id))
    return live.of_kind(Kind.FIELD).order_by("slot")


def steps_of(run: Run) -> list[dict[str, Any]]:
    """The step entries of the run's event; none where there is no event."""
    event = ProcessingEvent.objects.of_run(run)
    return list(event.payload["steps"]) if event else []


def run_as_json(run: Run) -> dict[str, Any]:
    """A run with what it read, in the form of `manage.py process --json`."""
    generation = run.generation
    steps = steps_of(run)
    models = dict.fromkeys(step["model_id"] for step in steps if "model_id" in step)
    fields, lines = values_of(live_fields(generation)) if generation else ({}, [])
    failed = run.state == Run.State.FAILED
    return {
        "source_id": str(run.source_id),
        "content_hash": run.source.content_hash,
        "pipeline_name": run.pipeline_version.name,
        "pipeline_version": run.pipeline_version.version,
        "model_id": "+".join(models),
        "disposition": run.disposition or None,
        "reason": run.reason,
        "document_type": generation.document_type if generation else "",
        "template_key": generation.template_key if generation else "",
        "fields": fields,
        "lines": lines,
        "steps": steps,
        "error": run.reason if failed else None,
    }
