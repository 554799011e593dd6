"""Plain makers of rows for tests; every argument has a sensible default."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from catalog.models import Generation, Membership, SourceMedia, Tenant
from catalog.services import NewArtifact, Reading, register_source, store_generation
from pipeline import versions
from pipeline.definitions.document_types import BUILT_IN
from pipeline.manifest import Manifest, StepEntry
from pipeline.models import PipelineVersion, Run
from pipeline.signals import run_finished
from reviewer.models import ReviewTask

_numbers = count(1)
PDF = b"%PDF-1.4\n% made for a test\n"
BOX = {"page": 1, "bbox": [0.6, 0.8, 0.75, 0.83]}


def make_tenant(slug: str = "") -> Tenant:
    slug = slug or f"tenant-{next(_numbers)}"
    return Tenant.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def make_user(
    name: str, tenant: Tenant | None = None, role: str = "reviewer", **kwargs: Any
) -> User:
    user = User.objects.create_user(name, password="correct horse", **kwargs)
    if tenant is not None:
        Membership.objects.create(user=user, tenant=tenant, role=role)
    return user


def make_source(
    tenant: Tenant | None = None, *, data: bytes = b"", name: str = "invoice.pdf"
) -> SourceMedia:
    data = data or PDF + str(next(_numbers)).encode()
    tenant = tenant or make_tenant()
    return register_source(tenant=tenant, stream=io.BytesIO(data), name=name).source


def make_version(*, active: bool = True, version: str = "1.0.0") -> PipelineVersion:
    """A released version of the built-in types whose engines are named, not loaded."""
    manifest = Manifest(
        steps=(
            StepEntry("input_gate", "1.0.0", "", {}),
            StepEntry("disposition", "1.0.0", "", {}),
        ),
        engines={},
        document_types=BUILT_IN,
    )
    made, created = PipelineVersion.objects.get_or_create(
        name="doc-extract",
        version=version,
        defaults={
            "manifest": manifest.as_json(),
            "digest": manifest.digest,
            "state": PipelineVersion.State.RELEASED,
        },
    )
    if created and active:
        return versions.activate(version=made)
    return made


def field_artifact(
    slot: str,
    value: str,
    *,
    value_type: str = "money",
    status: str = "unverified",
    reason: str = "",
    confidence: float = 0.9,
    critical: bool = False,
    region: dict[str, Any] | None = BOX,
) -> NewArtifact:
    return NewArtifact(
        kind="field",
        slot=slot,
        step="verify",
        model_id="rules-1.0.0",
        payload={
            "slot": slot,
            "value": value,
            "raw": value,
            "value_type": value_type,
            "confidence": confidence,
            "status": status,
            "reason": reason,
            "critical": critical,
        },
        region=region,
        inputs=(("ocr", "page=1"),),
    )


def ocr_artifact(words: Sequence[str] = ("Total", "21.20")) -> NewArtifact:
    return NewArtifact(
        kind="ocr",
        slot="page=1",
        step="ocr",
        payload={
            "page": 1,
            "width": 595,
            "height": 842,
            "origin": "embedded",
            "words": [
                [text, 0.1 + 0.1 * i, 0.8, 0.18 + 0.1 * i, 0.83, 1.0]
                for i, text in enumerate(words)
            ],
        },
    )


DOUBTFUL = (
    field_artifact(
        "total", "21.20", status="conflict", reason="sum_of_lines", critical=True
    ),
    field_artifact(
        "date", "2018-01-11", value_type="date", confidence=0.6, critical=True
    ),
    field_artifact(
        "company", "Gin Kee", value_type="name", status="verified", critical=True
    ),
)


def make_generation(
    source: SourceMedia | None = None,
    *,
    version: str = "1.0.0",
    disposition: str = "human_review",
    reason: str = "verify_conflict",
    fields: Sequence[NewArtifact] = DOUBTFUL,
    document_type: str = "receipt",
) -> Generation:
    if not PipelineVersion.objects.filter(version=version).exists():
        make_version(version=version, active=not PipelineVersion.objects.exists())
    return store_generation(
        source=source or make_source(),
        reading=Reading(
            pipeline_name="doc-extract",
            pipeline_version=version,
            complete=disposition != "rejected",
            disposition=disposition,
            reason=reason,
            document_type=document_type,
            template_key="t-000000000001",
            artifacts=[ocr_artifact(), *fields],
        ),
    )


def make_run(
    source: SourceMedia | None = None, *, state: str = "finished", **kwargs: Any
) -> Run:
    """A run; a finished one has a generation and tells its receivers."""
    source = source or make_source()
    version = make_version()
    run = Run(source=source, pipeline_version=version, lane="interactive", state=state)
    if state == Run.State.FINISHED:
        run.generation = make_generation(source, version=version.version, **kwargs)
        run.disposition = run.generation.disposition
        run.reason = run.generation.reason
        run.finished_at = timezone.now()
    run.save()
    if state == Run.State.FINISHED:
        run_finished.send(sender=Run, run=run)
    return run


def make_task(tenant: Tenant | None = None, **kwargs: Any) -> ReviewTask:
    """An open task: a conflicting total and a doubtful date of one receipt."""
    run = make_run(make_source(tenant), **kwargs)
    return ReviewTask.objects.get(generation=run.generation)
