"""Reading a picture by versions that differ in one thing, and what each step did."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.conf import settings

from catalog.models import Generation, SourceMedia, Tenant
from pipeline import services, work
from pipeline.manifest import Manifest, engines_here
from pipeline.models import PipelineVersion, ProcessingEvent, Run
from tests.factories import make_source
from tests.pipeline.reading_inputs import text_picture

KEPT = (
    *("normalize", "thumbnail", "ocr", "layout"),
    *("extract", "ground", "verify", "index"),
)


def ocr_named(name: str, text: str = "Total 21.20") -> dict[str, Any]:
    """settings.ENGINES with a stand-in for OCR."""
    backend = "tests.pipeline.memo_engines.FixedOcr"
    options = {"name": name, "text": text}
    return {**settings.ENGINES, "ocr": {"BACKEND": backend, "OPTIONS": options}}


def picture(text: str = "Total 21.20") -> bytes:
    out = io.BytesIO()
    text_picture("Receipt", text).save(out, "PNG")
    return out.getvalue()


def picture_source(tenant: Tenant | None = None) -> SourceMedia:
    return make_source(tenant, data=picture(), name="receipt.png")


def version_with(
    base: PipelineVersion,
    number: str,
    change: Callable[[dict[str, Any]], Any] = lambda manifest: None,
) -> PipelineVersion:
    """A released version with a changed manifest and the engines that are here now."""
    manifest = deepcopy(base.manifest)
    manifest["engines"] = engines_here(manifest["engines"])
    change(manifest)
    return PipelineVersion.objects.create(
        name=base.name,
        version=number,
        manifest=manifest,
        digest=Manifest.from_json(manifest).digest,
        state=PipelineVersion.State.RELEASED,
    )


def params_of(manifest: dict[str, Any], step: str) -> dict[str, Any]:
    params: dict[str, Any] = next(
        entry["params"] for entry in manifest["steps"] if entry["step"] == step
    )
    return params


def read(source: SourceMedia, version: PipelineVersion, **options: Any) -> Run:
    run = services.ensure(
        source=source, version=version, lane="batch", enqueue=False, again=True
    ).run
    taken = work.take(run_id=run.pk)
    assert taken is not None
    return work.execute_run(taken, **options)


def generation_of(run: Run) -> Generation:
    run.refresh_from_db()
    assert run.generation is not None, run.reason
    return run.generation


def steps_of(run: Run) -> dict[str, dict[str, Any]]:
    event = ProcessingEvent.objects.get(run_id=run.pk)
    return {step["step"]: step for step in event.payload["steps"]}


def spared(run: Run) -> set[str]:
    """Steps whose results the run took over."""
    return {name for name, step in steps_of(run).items() if step.get("memo")}
