"""What two readings of one source say, slot by slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from catalog.models import DerivedArtifact, Generation, Kind
from catalog.models.derived_artifact import GONE


@dataclass(frozen=True, slots=True)
class Side:
    """One reading's field: value as it stands there, people's answers included."""

    artifact: DerivedArtifact

    @property
    def value(self) -> str:
        if self.artifact.payload_uri == GONE:
            return "erased"
        return str((self.artifact.payload or {}).get("value") or "")

    @property
    def status(self) -> str:
        return str((self.artifact.payload or {}).get("status") or "")

    def as_json(self) -> dict[str, Any]:
        return {
            "artifact_id": str(self.artifact.pk),
            "value": self.value,
            "status": self.status,
            "origin": self.artifact.origin,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A slot of either reading; a side is None where it has no such field."""

    slot: str
    left: Side | None
    right: Side | None

    @property
    def differs(self) -> bool:
        return _value(self.left) != _value(self.right)

    @property
    def verdict(self) -> str:
        if not self.differs:
            return "same"
        if self.left is None:
            return "only right"
        return "only left" if self.right is None else "differs"

    def as_json(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "verdict": self.verdict,
            "left": self.left and self.left.as_json(),
            "right": self.right and self.right.as_json(),
        }


@dataclass(frozen=True, slots=True)
class SideBySide:
    left: Generation
    right: Generation
    rows: Sequence[Row]

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "left": str(self.left.pk),
            "right": str(self.right.pk),
            "differing": self.differing,
            "rows": [row.as_json() for row in self.rows],
        }


def side_by_side(left: Generation, right: Generation) -> SideBySide:
    """Slots in the order of the right reading, then those that only the left has."""
    sides = [_fields(left), _fields(right)]
    slots = dict.fromkeys([*sides[1], *sides[0]])
    rows = [Row(slot, sides[0].get(slot), sides[1].get(slot)) for slot in slots]
    return SideBySide(left, right, rows)


def chosen(
    generations: Sequence[Generation], left: str, right: str
) -> SideBySide | None:
    """generations: of one source, newest first; left, right: ids, or "" for the two
    newest complete ones. None where there are not two. Raises Http404 for other ids.
    """
    complete = [one for one in generations if one.complete]
    if not left and not right:
        if len(complete) < 2:
            return None
        return side_by_side(complete[1], complete[0])
    by_id = {str(one.pk): one for one in generations}
    if left not in by_id or right not in by_id:
        raise Http404
    return side_by_side(by_id[left], by_id[right])


def _fields(generation: Generation) -> dict[str, Side]:
    rows = DerivedArtifact.objects.live_in(generation).of_kind(Kind.FIELD)
    return {row.slot: Side(row) for row in rows}


def _value(side: Side | None) -> str | None:
    return None if side is None else side.value
