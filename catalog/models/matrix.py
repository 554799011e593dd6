"""The version matrix: what the corpus is made of, from the tally alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What a line of the matrix may be: a tenant, or all documents that look alike.
LINES = {"tenant": "tenant_id", "template": "template_key", "type": "document_type"}


@dataclass(frozen=True, slots=True, order=True)
class Version:
    pipeline_name: str
    pipeline_version: str

    def __str__(self) -> str:
        return f"{self.pipeline_name} {self.pipeline_version}"


@dataclass(slots=True)
class Line:
    """Current generations of one tenant, template or type, by version and by model.

    models: {pipeline name: {models joined by +: count}}.
    """

    key: Any
    versions: dict[Version, int] = field(default_factory=dict)
    models: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def generations(self) -> int:
        return sum(self.versions.values())

    @property
    def is_mixed(self) -> bool:
        """More than one version of one pipeline speaks for these documents."""
        names = [version.pipeline_name for version in self.versions]
        return len(names) > len(set(names))

    @property
    def has_several_models(self) -> bool:
        """More than one set of models of one pipeline: no incident by itself, since a
        version reads pages that hold their text without the model for pictures.
        """
        return any(len(counts) > 1 for counts in self.models.values())

    @property
    def smallest(self) -> int:
        """How many are of the versions that are not its largest."""
        return self.generations - max(self.versions.values(), default=0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """versions: columns, in order. lines: mixed ones on top, then the largest."""

    by: str
    versions: Sequence[Version]
    lines: Sequence[Line]

    @property
    def mixed(self) -> list[Line]:
        return [line for line in self.lines if line.is_mixed]

    @property
    def generations(self) -> int:
        return sum(line.generations for line in self.lines)

    def total_of(self, version: Version) -> int:
        return sum(line.versions.get(version, 0) for line in self.lines)


def matrix_of(by: str, counts: Iterable[Mapping[str, Any]]) -> Matrix:
    """From counts by the line's column, pipeline name and version, and model_id."""
    lines: dict[Any, Line] = {}
    for row in counts:
        key = row[LINES[by]]
        line = lines.setdefault(key, Line(key))
        version = Version(row["pipeline_name"], row["pipeline_version"])
        line.versions[version] = line.versions.get(version, 0) + row["count"]
        models = line.models.setdefault(version.pipeline_name, defaultdict(int))
        models[row["model_id"]] += row["count"]
    ordered = sorted(lines.values(), key=_mixed_first)
    versions = sorted(
        {version for line in ordered for version in line.versions}, key=_in_order
    )
    return Matrix(by, versions, ordered)


def _mixed_first(line: Line) -> tuple[Any, ...]:
    return (not line.is_mixed, -line.generations, str(line.key))


def _in_order(version: Version) -> tuple[str, list[tuple[int, str]]]:
    """1.10.0 comes after 1.9.0."""
    parts = version.pipeline_version.split(".")
    numbers = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return version.pipeline_name, numbers
