"""What two readings of one source say, slot by slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404

from catalog.models import Comparison, DerivedArtifact, Generation, Kind, State
from catalog.models.derived_artifact import GONE
from catalog.people import Viewer
from pipeline.comparing.slots import SAME, Word, compare_values
from pipeline.comparing.truth import Truth
from pipeline.comparing.truths import truths_of
from pipeline.comparing.values import Value
from pipeline.comparing.wording import SLOT_WORDS, verdict_text
from reviewer.blinding import NO_VEIL, Veil, fields_for, veil_of


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
    def typed(self) -> Value:
        payload = self.artifact.payload or {}
        return Value(str(payload.get("value") or ""), payload.get("value_type", "text"))

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


# As programs read it; on pages stand the words of pipeline.comparing.wording.
VERDICTS: Mapping[str, str] = {
    Word.IDENTICAL: "same",
    Word.EQUAL: "equal",
    Word.ADDED: "only right",
    Word.REMOVED: "only left",
    Word.CHANGED: "differs",
    Word.BETTER: "better",
    Word.WORSE: "worse",
    Word.UNGROUNDED: "ungrounded",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A slot of either reading; a side is None where it has no such field.

    slot: as the right one calls it, or else the left one. was: what the left one calls
    it, where a line has another number there.
    """

    slot: str
    left: Side | None
    right: Side | None
    word: str
    was: str = ""

    @property
    def differs(self) -> bool:
        return self.word not in SAME

    @property
    def verdict(self) -> str:
        return VERDICTS[self.word]

    @property
    def words(self) -> str:
        return SLOT_WORDS[self.word]

    def as_json(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "was": self.was,
            "verdict": self.verdict,
            "left": self.left and self.left.as_json(),
            "right": self.right and self.right.as_json(),
        }


@dataclass(frozen=True, slots=True)
class SideBySide:
    """comparison: of the two machines' readings, if they were compared this way."""

    left: Generation
    right: Generation
    rows: Sequence[Row]
    comparison: Comparison | None = None

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)

    @property
    def differing_first(self) -> list[Row]:
        """So that two values of a long invoice are seen at once."""
        return sorted(self.rows, key=lambda row: not row.differs)

    @property
    def compared(self) -> str:
        return verdict_text(self.comparison) if self.comparison else ""

    def as_json(self) -> dict[str, Any]:
        return {
            "left": str(self.left.pk),
            "right": str(self.right.pk),
            "comparison": self.comparison.verdict if self.comparison else None,
            "differing": self.differing,
            "rows": [row.as_json() for row in self.rows],
        }


def side_by_side(
    left: Generation, right: Generation, viewer: Viewer | None = None
) -> SideBySide:
    """Slots in the order of the right reading, then those that only the left has.

    People's answers are in what stands, and tell which of the two is better elsewhere.
    """
    lefts, rights = _fields(left, viewer), _fields(right, viewer)
    veil = veil_of(viewer, right.source_id) if viewer else NO_VEIL
    comparison = Comparison.objects.newest_of(left, right)
    moved = comparison.differences if comparison else {}
    compared = compare_values(
        {slot: side.typed for slot, side in lefts.items()},
        {slot: side.typed for slot, side in rights.items()},
        truth=_shown(truths_of([right.source_id])[right.source_id], veil),
    )
    rows = []
    for one in compared.slots:
        pair, word = one.pair, one.word
        if word in SAME and moved.get(f"field:{pair.slot}") == Word.UNGROUNDED:
            word = Word.UNGROUNDED
        slot = pair.new_slot or pair.old_slot
        was = pair.old_slot if pair.old_slot not in ("", slot) else ""
        rows.append(
            Row(slot, lefts.get(pair.old_slot), rights.get(pair.new_slot), word, was)
        )
    return SideBySide(left, right, rows, comparison)


def _shown(truth: Truth, veil: Veil) -> Truth:
    """What is true, but for answers that the viewer may not see."""
    values = {s: value for s, value in truth.values.items() if s not in veil.slots}
    return replace(truth, values=values) if veil else truth


def chosen(
    generations: Sequence[Generation],
    left: str,
    right: str,
    viewer: Viewer | None = None,
) -> SideBySide | None:
    """generations: of one source, newest first; left, right: ids, or "" for the current
    one beside the newest, or the one before it. Complete ones only; None where there
    are not two. Raises Http404 for other ids.
    """
    complete = [one for one in generations if one.complete]
    if not left and not right:
        if len(complete) < 2:
            return None
        current = [one for one in complete[1:] if one.state == State.CURRENT]
        return side_by_side([*current, complete[1]][0], complete[0], viewer)
    by_id = {str(one.pk): one for one in generations}
    if left not in by_id or right not in by_id:
        raise Http404
    return side_by_side(by_id[left], by_id[right], viewer)


def _fields(generation: Generation, viewer: Viewer | None) -> dict[str, Side]:
    if viewer is not None:
        return {one.slot: Side(one) for one in fields_for(viewer, generation)}
    rows = DerivedArtifact.objects.live_in(generation).of_kind(Kind.FIELD)
    return {row.slot: Side(row) for row in rows}
