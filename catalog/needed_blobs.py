"""Which blobs the database needs."""

from __future__ import annotations

from collections.abc import Collection

from catalog.models import DerivedArtifact, SourceMedia


def needed_of(hashes: Collection[str]) -> set[str]:
    """Those of the hashes that some row names as bytes that must be there."""
    wanted = list(hashes)
    sources = SourceMedia.objects.kept().filter(content_hash__in=wanted)
    artifacts = DerivedArtifact.objects.in_blobs().filter(payload_hash__in=wanted)
    needed = set(sources.values_list("content_hash", flat=True))
    return needed.union(artifacts.values_list("payload_hash", flat=True))
