"""A reading as plain data: what the command line prints and the API answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from catalog.models import DerivedArtifact, Generation, Kind
from pipeline.models import ProcessingEvent, Run

LINE_SLOT = re.compile(r"^lines\[(\d+)\]\.(\w+)$")
LINE_COLUMNS = ("description", "quantity", "unit_price", "amount")


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
    for artifact in artifacts:
        if match := LINE_SLOT.match(artifact.slot):
            row = lines.setdefault(int(match[1]), dict.fromkeys(LINE_COLUMNS))
            row[match[2]] = (artifact.payload or {}).get("value") or None
        else:
            fields[artifact.slot] = field_as_json(artifact)
    return fields, [lines[number] for number in sorted(lines)]


def live_fields(generation: Generation) -> list[DerivedArtifact]:
    return list(
        DerivedArtifact.objects.live_in(generation).of_kind(Kind.FIELD).order_by("slot")
    )


def steps_of(run: Run) -> list[dict[str, Any]]:
    """The step entries of the run's event; none where the event has expired."""
    event = (
        ProcessingEvent.objects.filter(source_id=run.source_id, run_id=run.run_id)
        .order_by("-created_at")
        .first()
    )
    return list(event.payload["steps"]) if event else []


def model_of(run: Run) -> str:
    """The models that the run called, joined by a plus; "" where it called none."""
    found = (step.get("model_id", "") for step in steps_of(run))
    return "+".join(dict.fromkeys(model for model in found if model))


def run_as_json(run: Run) -> dict[str, Any]:
    """A run with what it read, in the form of `manage.py process --json`."""
    generation = run.generation
    fields, lines = values_of(live_fields(generation)) if generation else ({}, [])
    failed = run.state == Run.State.FAILED
    return {
        "source_id": str(run.source_id),
        "content_hash": run.source.content_hash,
        "pipeline_name": run.pipeline_version.name,
        "pipeline_version": run.pipeline_version.version,
        "model_id": model_of(run),
        "disposition": run.disposition or None,
        "reason": run.reason,
        "document_type": generation.document_type if generation else "",
        "template_key": generation.template_key if generation else "",
        "fields": fields,
        "lines": lines,
        "steps": steps_of(run),
        "error": run.reason if failed else None,
    }
