"""Taking in a document while somebody waits: the cheap gate first, the rest queued."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User

from catalog import blobs
from catalog.models import SourceMedia, Tenant
from catalog.services import register_source
from pipeline import services
from pipeline.engines import engines
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion, Run
from pipeline.runner import facts_of, scratch_folder
from pipeline.steps.base import Outcome, StepError, StepInput
from pipeline.steps.registry import step_named


@dataclass(frozen=True, slots=True)
class Received:
    """An upload's source and run; created is False where the tenant had the bytes."""

    source: SourceMedia
    run: Run
    created: bool


def receive(
    *,
    tenant: Tenant,
    stream: IO[bytes],
    name: str,
    user: User | None,
    limit: int | None = None,
) -> Received:
    """Keep an upload and have it read; one that the gate refuses is done on return.

    Raises blobs.BlobTooLarge, services.NoActiveVersion.
    """
    version = services.active_version()
    registered = register_source(
        tenant=tenant, stream=stream, name=name, uploaded_by=user, limit=limit
    )
    source = registered.source
    refused = registered.created and is_refused(source=source, version=version)
    ensured = services.ensure(
        source=source,
        version=version,
        lane=Run.Lane.INTERACTIVE,
        requested_by=user,
        enqueue=not refused,
    )
    run = ensured.run
    if refused and (claimed := services.claim(run_id=run.pk)):
        # The gate says no at once, so the whole run is only the gate: done right here.
        run = services.execute_run(claimed)
    return Received(source, run, registered.created)


def is_refused(*, source: SourceMedia, version: PipelineVersion) -> bool:
    """Whether the version's gate rejects the source. Stores nothing."""
    manifest = Manifest.of(version)
    entry = manifest.steps[0]
    with scratch_folder() as folder:
        original = Path(folder) / "original"
        blobs.copy_verified(source.content_hash, original)
        workdir = Path(folder) / "gate"
        workdir.mkdir()
        given = StepInput(
            source=facts_of(source),
            original=original,
            workdir=workdir,
            params=entry.params,
            document_types=(),
            upstream=(),
            engine=engines.__getitem__,
        )
        try:
            result = step_named(entry.step, entry.version).run(given)
        except StepError:
            return False  # no answer here and now: the queued run will try again
    return result.outcome is Outcome.REJECT
