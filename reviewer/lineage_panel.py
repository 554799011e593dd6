"""The lineage of an artifact as two trees: up to the bytes, down to what it became."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.lineage import DOWN, UP, Lineage, lineage_of
from catalog.models import DerivedArtifact, SourceMedia
from catalog.models.derived_artifact import DerivedArtifactQuerySet
from catalog.people import Viewer

# More than this nobody reads on a page; the counts stay exact, the API gives all.
MOST_DRAWN = 300


@dataclass(slots=True)
class Branch:
    """artifact: a row of the lineage, or None for an original. again: drawn above."""

    key: uuid.UUID
    artifact: Any
    original: SourceMedia | None
    again: bool
    branches: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Direction:
    """count: of artifacts, all of them. branches: empty where there are too many."""

    name: str
    count: int
    kinds: Sequence[Any]
    branches: Sequence[Branch]

    @property
    def is_too_long(self) -> bool:
        return self.count > MOST_DRAWN


def panel_of(artifact: DerivedArtifact, viewer: Viewer) -> list[Direction]:
    rows = DerivedArtifact.objects.visible_to(viewer).exclude(pk=artifact.pk)
    return [
        _direction(artifact, viewer, UP, rows.making_up(artifact.pk)),
        _direction(artifact, viewer, DOWN, rows.made_from(artifact.pk)),
    ]


def _direction(
    artifact: DerivedArtifact, viewer: Viewer, name: str, rows: DerivedArtifactQuerySet
) -> Direction:
    kinds = list(rows.by_kind())
    count = sum(row["count"] for row in kinds)
    if count > MOST_DRAWN:
        return Direction(name, count, kinds, [])
    lineage = lineage_of(artifact, viewer=viewer, directions=[name])
    return Direction(name, count, kinds, _grown(lineage, lineage.tree(name)))


def _grown(
    lineage: Lineage, tree: Iterable[tuple[int, uuid.UUID, bool]]
) -> list[Branch]:
    """The branches below the asked artifact, from its walk in depth."""
    path: list[Branch] = []
    for depth, node, again in tree:
        branch = Branch(
            node, lineage.artifacts.get(node), lineage.originals.get(node), again
        )
        del path[depth:]
        if path:
            path[-1].branches.append(branch)
        path.append(branch)
    return path[0].branches if path else []
