"""A reading made again: the exact version on the original, fresh, nothing stored."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from catalog import blobs
from catalog.models import DerivedArtifact, Generation, Origin
from catalog.models.derived_artifact import INLINE
from pipeline.execution import Made
from pipeline.manifest import EngineChanged, Manifest
from pipeline.memo.recipe import Recipe, recipe_of
from pipeline.model_registry import retired
from pipeline.models import PipelineVersion
from pipeline.runner import RunFailed, execute
from pipeline.steps.registry import UnknownStep, step_named


class Why(StrEnum):
    """Why something cannot be made again."""

    SOURCE_ERASED = "source_erased"
    PAYLOAD_GONE = "payload_gone"
    ORIGINAL_NOT_WHOLE = "original_not_whole"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    VERSION_UNKNOWN = "version_unknown"
    STEP_GONE = "step_gone"
    ENGINE_CHANGED = "engine_changed"
    ENGINE_UNAVAILABLE = "engine_unavailable"
    MODEL_RETIRED = "model_retired"
    STEP_FAILED = "step_failed"
    PERSON = "person"


class NotRunnable(Exception):
    """why: an enum word; names: of steps or engines, no text of the document."""

    def __init__(self, why: Why, *names: str) -> None:
        super().__init__(why, *names)
        self.why = why
        self.names = names


@dataclass(slots=True)
class Again:
    """What came out: results by (kind, slot), with the step that made each.

    stopped: the step that ended the run early, and its reason; repeatable: whether the
    machine had no say in each step's results; recipes: by step, as cooked now.
    """

    results: dict[tuple[str, str], Made] = field(default_factory=dict)
    steps: dict[tuple[str, str], str] = field(default_factory=dict)
    stopped: tuple[str, str] | None = None
    repeatable: dict[str, bool] = field(default_factory=dict)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    ms: int = 0


def manifest_for(generation: Generation, step: str) -> tuple[PipelineVersion, Manifest]:
    """The version of a reading, as far as a step of it. Raises NotRunnable."""
    version = PipelineVersion.objects.filter(
        name=generation.pipeline_name, version=generation.pipeline_version
    ).first()
    if version is None:
        raise NotRunnable(Why.VERSION_UNKNOWN, generation.pipeline_version)
    manifest = Manifest.of(version)
    if step not in [entry.step for entry in manifest.steps]:
        raise NotRunnable(Why.STEP_GONE, step)
    return version, manifest.up_to(step)


def check_models(manifest: Manifest, *, today: date | None = None) -> None:
    """Raises NotRunnable where nobody can ask a model any more."""
    if gone := retired(manifest, today=today):
        raise NotRunnable(Why.MODEL_RETIRED, *gone)


def make_again(generation: Generation, step: str, folder: Path) -> Again:
    """The reading once more, up to a step. Files lie in the folder.

    Raises NotRunnable.
    """
    version, manifest = manifest_for(generation, step)
    if generation.source.erased_at is not None:
        raise NotRunnable(Why.SOURCE_ERASED)
    check_models(manifest)
    began = time.perf_counter()
    try:
        execution = execute(
            source=generation.source,
            version=version,
            workdir=folder,
            fresh=True,
            manifest=manifest,
        )
    except UnknownStep as error:
        raise NotRunnable(Why.STEP_GONE, str(error)) from None
    except (EngineChanged, ImproperlyConfigured):
        raise NotRunnable(Why.ENGINE_CHANGED, *_engines_changed(manifest)) from None
    except (blobs.BlobMissing, blobs.BlobDamaged):
        raise NotRunnable(Why.ORIGINAL_NOT_WHOLE) from None
    except blobs.BlobUnavailable:
        raise NotRunnable(Why.STORAGE_UNAVAILABLE) from None
    except RunFailed as failure:
        why = Why.STEP_FAILED
        if failure.reason == "engine_unavailable":
            why = Why.ENGINE_UNAVAILABLE
        raise NotRunnable(why, failure.step) from None
    again = Again(ms=round((time.perf_counter() - began) * 1000))
    for made, new in zip(execution.made, execution.artifacts, strict=True):
        again.results[made.kind, made.slot] = made
        again.steps[made.kind, made.slot] = new.step
    for entry, record in zip(manifest.steps, execution.records, strict=False):
        kept = step_named(entry.step, entry.version)
        again.repeatable[entry.step] = bool(record.memo_key) or not kept.keeps
        again.recipes[entry.step] = execution.recipes.get(entry.step) or recipe_of(
            manifest, entry, kept
        )
    if execution.stopped is not None:
        last = execution.records[-1]
        again.stopped = (last.step, last.reason)
    return again


def _engines_changed(manifest: Manifest) -> list[str]:
    changed = []
    for alias in manifest.engines:
        try:
            manifest.engine(alias)
        except (EngineChanged, ImproperlyConfigured):
            changed.append(alias)
    return changed


def kept_of(generation: Generation) -> dict[tuple[str, str], DerivedArtifact]:
    """What the machine made of the source then, by (kind, slot)."""
    rows = DerivedArtifact.objects.filter(
        generation=generation, origin=Origin.MACHINE
    ).defer("payload")
    return {(row.kind, row.slot): row for row in rows}


def payload_kept(artifact: DerivedArtifact) -> Any:
    """JSON, or the bytes of a picture. Raises NotRunnable."""
    if artifact.payload_uri == INLINE:
        return artifact.payload
    try:
        data = blobs.read_verified(artifact.payload_hash)
    except (blobs.BlobMissing, blobs.BlobDamaged):
        raise NotRunnable(Why.PAYLOAD_GONE) from None
    return json.loads(data) if artifact.media_type == "application/json" else data


def payload_made(made: Made) -> Any:
    if made.output.file is not None:
        return made.output.file.read_bytes()
    return made.output.payload


def step_entries(generation: Generation) -> Mapping[str, Mapping[str, Any]]:
    return {entry["step"]: entry for entry in generation.steps}
