"""Reading documents while the caller waits, in this process or in a few beside it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import structlog
from django.conf import settings

from catalog.blobs import BlobTooLarge, BlobUnavailable
from catalog.models import SourceMedia, Tenant
from catalog.services import TenantOffBoarded, register_source
from pipeline import services, work
from pipeline.models import PipelineVersion, Run
from pipeline.report import run_as_json
from pipeline.worker_setup import set_up

log = structlog.get_logger()

POLL_SECONDS = 0.2
# Whose documents they are that nobody said it of.
DEFAULT_TENANT = "default"


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read for a tenant by a version ("name@version").

    fresh: every step runs, whatever earlier versions made of the file.
    """

    path: Path
    tenant: str
    version: str
    fresh: bool = False


def process(
    *,
    tenant: Tenant,
    version: PipelineVersion,
    stream: IO[bytes],
    name: str,
    limit: int | None = None,
    fresh: bool = False,
) -> Run:
    """Register and read one document; what the version has read is not read again.

    fresh: no step's results are taken over from what other versions read.

    A run that a worker has at hand is waited for. Raises blobs.BlobTooLarge,
    TenantOffBoarded, SourceErased.
    """
    source = register_source(
        tenant=tenant, stream=stream, name=name, limit=limit
    ).source
    return read(source=source, version=version, fresh=fresh)


def read(*, source: SourceMedia, version: PipelineVersion, fresh: bool = False) -> Run:
    """Read a registered source in this process, as process() does.

    Raises SourceErased.
    """
    ensured = services.ensure(
        source=source, version=version, lane=Run.Lane.BATCH, enqueue=False
    )
    run = ensured.run
    while run.state in (Run.State.QUEUED, Run.State.RUNNING):
        if taken := work.take(run_id=run.pk):
            run = work.execute_run(taken, fresh=fresh)
        else:
            time.sleep(POLL_SECONDS)
            work.requeue_lost()
            run.refresh_from_db()
    return run


def process_file(job: Job) -> dict[str, Any]:
    """Read a file and give its row, whatever becomes of it."""
    try:
        with job.path.open("rb") as stream:
            run = process(
                tenant=Tenant.objects.get(slug=job.tenant),
                version=PipelineVersion.objects.named(job.version),
                stream=stream,
                name=job.path.name,
                limit=settings.MAX_UPLOAD_BYTES,
                fresh=job.fresh,
            )
    except BlobTooLarge as error:
        return _refused(job.path, "too_large", str(error))
    except TenantOffBoarded as error:
        return _refused(job.path, "tenant_off_boarded", str(error))
    except BlobUnavailable as error:
        return _refused(job.path, work.STORAGE_UNAVAILABLE, error.code)
    except OSError as error:
        return _refused(job.path, "cannot_open", error.strerror or "")
    except Exception as error:
        # One bad file must not cost the others their answer.
        log.error("file_failed", error=type(error).__name__)
        return _refused(job.path, "internal_error", type(error).__name__)
    return {"path": str(job.path), **run_as_json(run)}


def process_files(jobs: Sequence[Job], *, workers: int = 1) -> Iterator[dict[str, Any]]:
    """A row a job as they end: in order with one worker, as they come with more."""
    if workers <= 1 or len(jobs) <= 1:
        yield from map(process_file, jobs)
        return
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=set_up,
    ) as pool:
        waiting = [pool.submit(process_file, job) for job in jobs]
        for future in as_completed(waiting):
            yield future.result()


def _refused(path: Path, reason: str, why: str) -> dict[str, Any]:
    """The row of a file that never became a source."""
    return {
        "path": str(path),
        "source_id": None,
        "content_hash": None,
        "pipeline_name": None,
        "pipeline_version": None,
        "model_id": None,
        "disposition": "rejected",
        "reason": reason,
        "document_type": "",
        "template_key": "",
        "fields": {},
        "lines": [],
        "steps": [],
        "error": f"{reason}: {why}",
    }
