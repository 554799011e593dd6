"""What a field artifact says; nothing where there is none, or it was erased."""

from __future__ import annotations

from typing import Any

from catalog.models import DerivedArtifact


def value_of(artifact: DerivedArtifact | None) -> str:
    return str(artifact.payload["value"]) if artifact and artifact.payload else ""


def region_of(artifact: DerivedArtifact | None) -> dict[str, Any] | None:
    return artifact.region if artifact else None
