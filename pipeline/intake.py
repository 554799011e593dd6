"""Taking in a document while somebody waits: the cheap gate first, the rest queued."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User

from catalog import blobs
from catalog.models import SourceMedia, Tenant
from catalog.services import register_source
from pipeline import services, work
from pipeline.engines.handler import engines
from pipeline.execution import facts_of
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion, Run
from pipeline.runner import scratch_folder
from pipeline.steps.base import Outcome, StepError, StepInput
from pipeline.steps.registry import UnknownStep, step_named

# The gate's memory is the most that one file may take, for each at once.
_looking = threading.BoundedSemaphore(2)


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

    Raises blobs.BlobTooLarge, services.NoActiveVersion, TenantOffBoarded, and
    SourceErased where known bytes are erased at this very moment.
    """
    version = services.active_version()
    registered = register_source(
        tenant=tenant, stream=stream, name=name, uploaded_by=user, limit=limit
    )
    source = registered.source
    # The run first: should this process end now, the next sweep has it done.
    ensured = services.ensure(
        source=source,
        version=version,
        lane=Run.Lane.INTERACTIVE,
        requested_by=user,
        enqueue=False,
    )
    run = ensured.run
    if ensured.pending:
        run = _answered(run, source, version)
    return Received(source, run, registered.created)


def _answered(run: Run, source: SourceMedia, version: PipelineVersion) -> Run:
    """The run, done if the gate says no (then it is only the gate), else on its way."""
    if is_refused(source=source, version=version) and (
        taken := work.take(run_id=run.pk)
    ):
        return work.execute_run(taken)
    services.wake(Run.Lane.INTERACTIVE)
    return run


def is_refused(*, source: SourceMedia, version: PipelineVersion) -> bool:
    """Whether the version's gate rejects the source. Stores nothing."""
    manifest = Manifest.of(version)
    entry = manifest.steps[0]
    with scratch_folder() as folder:
        original = Path(folder) / "original"
        try:
            blobs.copy_verified(source.content_hash, original)
        except blobs.BlobUnavailable:
            return False  # it is kept; the queued run will find the store again
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
        # A busy house looks at a few at a time; the others are told a moment later.
        if not _looking.acquire(blocking=False):
            return False
        try:
            result = step_named(entry.step, entry.version).run(given)
        except (StepError, UnknownStep):
            return False  # no answer here and now: the queued run will give one
        finally:
            _looking.release()
    return result.outcome is Outcome.REJECT
