"""A source that was read in full: pictures, words, fields, lines and search text."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from PIL import Image

from catalog.models import SourceMedia, Tenant
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.events import Reported, StepRecord, ensure_partitions, write_event
from pipeline.models import Run
from pipeline.signals import run_finished
from tests.factories import field_artifact, make_source, make_version, ocr_artifact

WORDS = ("Gin", "Kee", "Invoice", "Total", "21.20")
LINE = {"page": 1, "bbox": [0.1, 0.4, 0.3, 0.42]}


def picture(folder: Path, name: str, size: tuple[int, int], form: str) -> Path:
    file = folder / name
    Image.new("RGB", size, "white").save(file, form)
    return file


def artifacts(folder: Path) -> list[NewArtifact]:
    page = picture(folder, "page.jpg", (60, 84), "JPEG")
    small = picture(folder, "small.webp", (30, 42), "WEBP")
    return [
        NewArtifact(
            "page_image", "page=1", "normalize", file=page, media_type="image/jpeg"
        ),
        NewArtifact(
            "thumbnail",
            "page=1",
            "thumbnail",
            file=small,
            media_type="image/webp",
            inputs=[("page_image", "page=1")],
        ),
        ocr_artifact(WORDS),
        NewArtifact(
            "search_text",
            "page=1",
            "index",
            payload={"page": 1, "text": " ".join(WORDS)},
            inputs=[("ocr", "page=1")],
        ),
        field_artifact(
            "total", "21.20", status="conflict", reason="sum_of_lines_differs"
        ),
        field_artifact("company", "Gin Kee", value_type="name", status="verified"),
        field_artifact("lines[0].description", "Tea", value_type="text", region=LINE),
        field_artifact("lines[0].amount", "4.10", region=LINE),
    ]


def make_read_source(
    tenant: Tenant,
    folder: Path,
    *,
    name: str = "receipt.jpg",
    disposition: str = "human_review",
    reason: str = "verify_conflict",
    document_type: str = "receipt",
) -> SourceMedia:
    """With its run, its event and, for human_review, its review task."""
    source = make_source(tenant, name=name)
    rejected = disposition == "rejected"
    version = make_version()
    run = Run(source=source, pipeline_version=version, lane="interactive")
    run.generation = store_generation(
        source=source,
        reading=Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=not rejected,
            disposition=disposition,
            reason=reason,
            document_type="" if rejected else document_type,
            template_key="" if rejected else "t-000000000001",
            artifacts=[] if rejected else artifacts(folder),
        ),
    )
    run.state, run.finished_at = Run.State.FINISHED, timezone.now()
    run.disposition, run.reason = disposition, reason
    run.save()
    ensure_partitions()
    write_event(
        run=run,
        steps=[
            StepRecord(
                "input_gate", "reject" if rejected else "accept", 40, reason=reason
            ),
            StepRecord("ocr", "ok", 160),
        ],
        reported=Reported(document_type, "", disposition, reason, 200),
        at=run.finished_at,
    )
    run_finished.send(sender=Run, run=run)
    return source
