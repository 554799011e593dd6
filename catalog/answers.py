"""The catalog's answers as plain data, for commands and the API alike."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.blast_radius import BlastRadius
from catalog.models import DerivedArtifact, Line, Matrix, SourceMedia, Tenant

# By kind: what makes its artifacts ("pipeline_name", "pipeline_version", "model_id"),
# and how many ("count").
Kinds = dict[str, list[dict[str, Any]]]
COUNTS = (
    "sources",
    "generations",
    "artifacts",
    "told_sources",
    "untold_sources",
    "told_artifacts",
    "deliveries",
)


def matrix_json(matrix: Matrix) -> dict[str, Any]:
    names = _names(matrix)
    return {
        "by": matrix.by,
        "versions": [
            {
                "pipeline_name": version.pipeline_name,
                "pipeline_version": version.pipeline_version,
                "generations": matrix.total_of(version),
            }
            for version in matrix.versions
        ],
        "mixed": len(matrix.mixed),
        "lines": [
            {matrix.by: names.get(line.key, line.key), **_line(line)}
            for line in matrix.lines
        ],
    }


def _names(matrix: Matrix) -> Mapping[Any, str]:
    if matrix.by != "tenant":
        return {}
    return dict(Tenant.objects.values_list("pk", "slug"))


def _line(line: Line) -> dict[str, Any]:
    return {
        "mixed": line.is_mixed,
        "several_models": line.has_several_models,
        "generations": line.generations,
        "versions": {str(version): count for version, count in line.versions.items()},
        "models": {name: dict(counts) for name, counts in line.models.items()},
    }


def mixed_kinds_of(
    sources: Iterable[SourceMedia],
) -> Iterator[tuple[SourceMedia, Kinds]]:
    """Each source with its current kinds that are of several versions, in one query."""
    found = list(sources)
    makes: dict[uuid.UUID, Kinds] = {}
    current = DerivedArtifact.objects.current().filter(source__in=found)
    for row in current.makes():
        kinds = makes.setdefault(row.pop("source"), {})
        kinds.setdefault(row.pop("kind"), []).append(row)
    for source in found:
        kinds = makes.get(source.pk, {})
        yield source, {kind: rows for kind, rows in kinds.items() if _differ(rows)}


def makes_json(sources: Iterable[SourceMedia]) -> Iterator[dict[str, Any]]:
    for source, kinds in mixed_kinds_of(sources):
        yield {
            "source_id": str(source.pk),
            "name": source.name,
            "tenant": source.tenant.slug,
            "kinds": kinds,
        }


def _differ(rows: list[dict[str, Any]]) -> bool:
    return len({(r["pipeline_name"], r["pipeline_version"]) for r in rows}) > 1


def blast_radius_json(blast: BlastRadius) -> dict[str, Any]:
    return {
        "slice": blast.slice.as_json(),
        **{name: blast.total(name) for name in COUNTS},
        "recipients": blast.recipients,
        "tenants": [
            {
                "tenant": reach.tenant.slug,
                **{name: getattr(reach, name) for name in COUNTS},
            }
            for reach in blast.tenants
        ],
        "told": [
            {
                "tenant": told.tenant.slug,
                "recipient": told.recipient,
                "deliveries": told.deliveries,
                "artifacts": told.artifacts,
                "last": told.last.isoformat(),
            }
            for told in blast.told
        ],
    }
