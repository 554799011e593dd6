"""Documents that the pipeline has read, as often as a measurement wants cases of them.

Each copy has a picture of its own: the same page with a few bytes more at its end, so
that no browser has it already. What was read is stored with it as it was read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def read(paths: Sequence[Path], tenant: Any) -> list[Any]:
    """Their current readings that people are asked about."""
    from catalog.models import Generation
    from pipeline.foreground import Job, process_files
    from pipeline.services import active_version

    version = str(active_version())
    list(process_files([Job(path, tenant.slug, version) for path in paths]))
    asked = Generation.objects.current().filter(
        source__tenant=tenant, review_tasks__isnull=False
    )
    return list(asked.select_related("source").distinct())


def copy(generation: Any, number: int) -> None:
    """The reading again, of a document of its own, with its review task."""
    from catalog import blobs
    from catalog.services import Reading, register_source, store_generation
    from pipeline.models import PipelineVersion, Run
    from pipeline.signals import run_finished

    source = generation.source
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        path.write_bytes(blobs.read_verified(source.content_hash) + _mark(number))
        with path.open("rb") as stream:
            copied = register_source(
                tenant=source.tenant, stream=stream, name=f"{number}-{source.name}"
            ).source
        reading = Reading(
            pipeline_name=generation.pipeline_name,
            pipeline_version=generation.pipeline_version,
            complete=True,
            disposition=generation.disposition,
            reason=generation.reason,
            document_type=generation.document_type,
            template_key=generation.template_key,
            artifacts=[
                _again(one, Path(folder), number)
                for one in generation.artifacts.filter(origin="machine")
            ],
        )
        made = store_generation(source=copied, reading=reading)
    made.refresh_from_db()
    run = Run.objects.create(
        source=copied,
        pipeline_version=PipelineVersion.objects.of(generation),
        lane="batch",
        state=Run.State.FINISHED,
        generation=made,
        disposition=made.disposition,
        reason=made.reason,
        finished_at=made.created_at,
    )
    run_finished.send(sender=Run, run=run)


def _again(artifact: Any, folder: Path, number: int) -> Any:
    from catalog import blobs
    from catalog.models import Kind
    from catalog.services import NewArtifact

    given: dict[str, Any] = {"payload": artifact.payload}
    if artifact.payload is None:
        path = folder / str(artifact.pk)
        data = blobs.read_verified(artifact.payload_hash)
        picture = artifact.kind in (Kind.PAGE_IMAGE, Kind.THUMBNAIL)
        path.write_bytes(data + _mark(number) if picture else data)
        given = {"file": path}
    return NewArtifact(
        kind=artifact.kind,
        slot=artifact.slot,
        step=artifact.step,
        model_id=artifact.model_id,
        media_type=artifact.media_type,
        region=artifact.region,
        **given,
    )


def _mark(number: int) -> bytes:
    """What decoders of JPEG, PNG and PDF do not look at."""
    return f"\n% copy {number}\n".encode()
