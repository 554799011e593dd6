"""Manifests by what they read, kept in memory: one that is released never changes."""

from __future__ import annotations

import uuid
from functools import lru_cache

from django.db.models import QuerySet

from catalog.compiled import compiled
from catalog.models import Generation
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion


def manifest_of(generation: Generation) -> Manifest:
    """Of the version that made a generation, or that which it restores; not to be
    changed. Raises PipelineVersion.DoesNotExist.
    """
    known = _digests(generation.pipeline_name, generation.pipeline_version)
    if not known:
        raise PipelineVersion.DoesNotExist
    [(version_id, digest)] = known
    if not digest:  # a draft
        return Manifest.of(PipelineVersion.objects.get(pk=version_id))
    return _released(version_id, digest)


@compiled
def _digests(
    name: str, version: str
) -> QuerySet[PipelineVersion, tuple[uuid.UUID, str]]:
    versions = PipelineVersion.objects.filter(name=name, version=version)
    return versions.values_list("version_id", "digest")


@lru_cache(maxsize=32)
def _released(version_id: uuid.UUID, digest: str) -> Manifest:
    return Manifest.of(PipelineVersion.objects.get(pk=version_id, digest=digest))
