"""Where an artifact comes from and what was made of it, complete to both ends."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from catalog.models import ArtifactInput, DerivedArtifact, SourceMedia
from catalog.people import Viewer

UP, DOWN = "up", "down"
COLUMNS = (
    "artifact_id",
    "source_id",
    "kind",
    "slot",
    "step",
    "pipeline_name",
    "pipeline_version",
    "model_id",
    "origin",
    "payload_hash",
)


@dataclass(frozen=True, slots=True)
class Edge:
    """made was made from made_from, which is an artifact or, at the end, a source."""

    made: uuid.UUID
    made_from: uuid.UUID
    from_original: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """artifacts: rows of COLUMNS by id, the asked one among them. originals: by id."""

    root: uuid.UUID
    artifacts: Mapping[uuid.UUID, Mapping[str, Any]]
    originals: Mapping[uuid.UUID, SourceMedia]
    edges: Sequence[Edge]

    def neighbours(self, direction: str) -> dict[uuid.UUID, list[uuid.UUID]]:
        """What each node was made from (UP) or went into (DOWN)."""
        found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for edge in self.edges:
            if direction == UP:
                found[edge.made].append(edge.made_from)
            else:
                found[edge.made_from].append(edge.made)
        return found

    def tree(self, direction: str) -> Iterator[tuple[int, uuid.UUID, bool]]:
        """(depth, node, whether it was shown before) from the asked artifact on.

        A node that is reached by several ways is opened once.
        """
        neighbours = self.neighbours(direction)
        shown: set[uuid.UUID] = set()
        waiting = [(0, self.root)]
        while waiting:
            depth, node = waiting.pop()
            again = node in shown
            yield depth, node, again
            shown.add(node)
            if not again:
                waiting += [(depth + 1, n) for n in reversed(neighbours[node])]

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Originals first, each node as JSON."""
        for source in self.originals.values():
            yield {
                "id": str(source.pk),
                "what": "original",
                "content_hash": source.content_hash,
                "bytes": source.bytes,
                "mime_type": source.mime_type,
            }
        for artifact_id, row in self.artifacts.items():
            stamps = {k: v for k, v in row.items() if k not in COLUMNS[:2]}
            yield {
                "id": str(artifact_id),
                "what": "artifact",
                "source_id": str(row["source_id"]),
                **stamps,
            }

    def edges_as_json(self) -> Iterator[dict[str, str]]:
        for edge in self.edges:
            yield {"made": str(edge.made), "made_from": str(edge.made_from)}


def lineage_of(
    artifact: DerivedArtifact,
    *,
    viewer: Viewer | None = None,
    directions: Sequence[str] = (UP, DOWN),
) -> Lineage:
    """viewer: only what they may see, with the edges between; None: everything."""
    artifacts: dict[uuid.UUID, dict[str, Any]] = {}
    for direction in directions:
        reached = _reached(artifact.pk, direction)
        if viewer is not None:
            reached = reached.visible_to(viewer)
        artifacts |= {row["artifact_id"]: row for row in reached.values(*COLUMNS)}
    edges = list(_edges(artifact.pk, directions, artifacts))
    ends = {edge.made_from for edge in edges if edge.from_original}
    originals = SourceMedia.objects.in_bulk(list(ends))
    return Lineage(artifact.pk, artifacts, originals, edges)


def _reached(root: uuid.UUID, direction: str) -> Any:
    rows = DerivedArtifact.objects
    return rows.making_up(root) if direction == UP else rows.made_from(root)


def _edges(
    root: uuid.UUID,
    directions: Sequence[str],
    artifacts: Mapping[uuid.UUID, Mapping[str, Any]],
) -> Iterator[Edge]:
    inputs = ArtifactInput.objects.order_by()
    rows = chain.from_iterable(
        inputs.into(_reached(root, direction))
        .values_list("artifact_id", "input_artifact_id")
        .iterator(5000)
        for direction in directions
    )
    found: dict[tuple[uuid.UUID, uuid.UUID | None], None] = dict.fromkeys(rows)
    for made, made_from in found:
        if made not in artifacts:
            continue
        if made_from is None:
            yield Edge(made, artifacts[made]["source_id"], from_original=True)
        elif made_from in artifacts:
            yield Edge(made, made_from, from_original=False)


def as_json(lineage: Lineage) -> Iterator[str]:
    """{"artifact_id", "nodes": [...], "edges": [...]} in pieces: it may be long."""
    yield f'{{"artifact_id": "{lineage.root}", "nodes": ['
    yield from _joined(lineage.nodes())
    yield '], "edges": ['
    yield from _joined(lineage.edges_as_json())
    yield "]}\n"


def _joined(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
