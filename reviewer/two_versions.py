"""What two versions say differently of one source, as questions for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from catalog.models import (
    Comparison,
    DerivedArtifact,
    Generation,
    GoldenValue,
    Kind,
    Origin,
)
from catalog.models.derived_artifact import DerivedArtifactQuerySet
from catalog.services import REVIEW
from pipeline.claims import (
    LINE_COLUMNS,
    LINE_SLOT,
    DocumentTypeSpec,
    FieldSpec,
    ValueType,
)
from pipeline.comparing import SlotChange, slot_changes
from pipeline.comparing.critical import Critical, critical_of
from pipeline.comparing.slots import OTHER_VALUE
from pipeline.manifests_read import manifest_of
from pipeline.report import live_fields
from reviewer.models import Decision, Stakes, Verdict
from reviewer.values import value_of

DISAGREE = "versions_disagree"
NEWER_NOTHING = "newer_finds_nothing"
OLDER_NOTHING = "older_finds_nothing"
NEWER_REFUSES = "newer_refuses"
# A whole line is asked about, by its amount: whether it is a line item at all.
NEWER_NO_LINE = "newer_has_no_line"
OLDER_NO_LINE = "older_has_no_line"
LONE_LINE = (NEWER_NO_LINE, OLDER_NO_LINE)
# Of a line item, what decides money. More questions than that are not one look.
LINE_COLUMN = "amount"
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """A slot in which two versions differ; a side is None where it found nothing."""

    slot: str
    value_type: str
    critical: bool
    older: DerivedArtifact | None
    newer: DerivedArtifact | None

    @property
    def reason(self) -> str:
        if LINE_SLOT.fullmatch(self.slot) and not (self.older and self.newer):
            return OLDER_NO_LINE if self.newer else NEWER_NO_LINE
        if not value_of(self.newer):
            return NEWER_NOTHING
        return DISAGREE if value_of(self.older) else OLDER_NOTHING


def refuses(comparison: Comparison) -> bool:
    """Whether the newer version refused the document, or could not read it."""
    return not comparison.new_generation.complete


def unknown_differences(comparison: Comparison) -> list[Difference]:
    """What to ask: the critical fields in which the two differ and of which nobody has
    said the truth, then amounts of line items. Empty where no critical field is left.

    The gate counts critical fields only, so nothing is asked for the rest's sake alone.
    """
    sides = _Sides.of(comparison)
    found = [
        one
        for change in slot_changes(comparison)
        if change.kind == Kind.FIELD and change.word in OTHER_VALUE
        for one in sides.difference(change)
    ]
    critical = sorted((one for one in found if one.critical), key=sides.place)
    if not critical:
        return []
    lines = sorted((one for one in found if not one.critical), key=sides.place)
    return [*critical, *lines[:MOST_LINES]]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both readings by slot. known: slots of which people know enough."""

    older: Mapping[str, DerivedArtifact]
    newer: Mapping[str, DerivedArtifact]
    fields: Mapping[str, FieldSpec]
    critical: Critical
    known: Collection[str]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        old, new = comparison.old_generation, comparison.new_generation
        older = live_fields(old)
        specs = [spec_of(one) for one in (new, old)]
        return cls(
            older={artifact.slot: artifact for artifact in older},
            newer={artifact.slot: artifact for artifact in _said_by(new)},
            # Where both name a field, the type of the current reading counts.
            fields={f.name: f for spec in specs if spec for f in spec.fields},
            critical=critical_of(specs),
            known=_known_slots(old, older),
        )

    def place(self, one: Difference) -> tuple[int, str]:
        """In the order of the document type's fields; lines after them."""
        names = list(self.fields)
        return (names.index(one.slot) if one.slot in names else len(names), one.slot)

    def difference(self, change: SlotChange) -> Iterator[Difference]:
        slot = change.old_slot or change.new_slot
        if slot in self.known:
            return
        older = self.older.get(change.old_slot)
        newer = self.newer.get(change.new_slot)
        if LINE_SLOT.fullmatch(slot):
            if not self._one_line(change):
                return
        elif slot not in self.critical:
            return
        yield Difference(
            slot,
            self._value_type(slot, older or newer),
            critical=slot in self.critical,
            older=older,
            newer=newer,
        )

    def _one_line(self, change: SlotChange) -> bool:
        """Whether it is a cell to ask about, of a line with one number in both.

        An answer is carried over by its slot's name, so it must mean the same line in
        both. A line that only one of them has is asked about by its amount, where lines
        are critical and the other has no line of its number: that it is there, or not.
        """
        line = LINE_SLOT.fullmatch(change.old_slot or change.new_slot)
        if line is None:
            return False
        if change.old_slot and change.new_slot:
            same = change.old_slot == change.new_slot
            return same and (
                line["column"] == LINE_COLUMN or line.string in self.critical
            )
        others = self.newer if change.old_slot else self.older
        free = not any(slot.startswith(f"{line['prefix']}.") for slot in others)
        return free and line["column"] == LINE_COLUMN and line.string in self.critical

    def _value_type(self, slot: str, artifact: DerivedArtifact | None) -> str:
        if slot in self.fields:
            return self.fields[slot].value_type.value
        payload = (artifact.payload if artifact else None) or {}
        return str(payload.get("value_type") or ValueType.MONEY)


@dataclass(frozen=True, slots=True)
class LoneLine:
    """A line item that only one version reads. side: "older" or "newer"; slot: of its
    amount.
    """

    side: str
    text: str
    slot: str


def lone_lines(comparison: Comparison) -> list[LoneLine]:
    """Also those that are not asked about, to be told beside the questions."""
    sides = {
        "older": {one.slot: one for one in live_fields(comparison.old_generation)},
        "newer": {one.slot: one for one in _said_by(comparison.new_generation)},
    }
    found = []
    for change in slot_changes(comparison):
        line = LINE_SLOT.fullmatch(change.old_slot or change.new_slot)
        alone = not (change.old_slot and change.new_slot)
        if line and alone and line["column"] == LINE_COLUMN:
            side = "older" if change.old_slot else "newer"
            cells = (f"{line['prefix']}.description", line.string)
            words = [value_of(sides[side].get(slot)) for slot in cells]
            text = " ".join(filter(None, words))
            found.append(LoneLine(side, text, line.string))
    return found


def line_around(amount: DerivedArtifact) -> list[DerivedArtifact]:
    """All cells of an amount's line, as its reading has them, in the order of columns.

    Raises ValueError where it is not the amount of a line.
    """
    line = LINE_SLOT.fullmatch(amount.slot)
    if line is None:
        raise ValueError(f"{amount.slot} is not of a line")
    slots = [f"{line['prefix']}.{column}" for column in LINE_COLUMNS]
    cells = DerivedArtifact.objects.filter(
        generation=amount.generation_id, slot__in=slots
    )
    return sorted(_by_machine(cells), key=lambda cell: slots.index(cell.slot))


def chosen_side(decision: Decision) -> str:
    """ "older" or "newer" where a person chose that version, else "".

    By value, since a person may also type what one of them says; of an erased source
    nobody knows it any more.
    """
    item = decision.item
    if not item.task.asks_which or decision.artifact.is_erased:
        return ""
    if decision.verdict not in (Verdict.CONFIRM, Verdict.CORRECT, Verdict.ABSENT):
        return ""
    value = value_of(decision.artifact)
    if value == value_of(item.artifact):
        return "older"
    return "newer" if value == value_of(item.other_artifact) else ""


def spec_of(generation: Generation) -> DocumentTypeSpec | None:
    manifest = manifest_of(generation)
    return manifest.document_type(generation.document_type)


def stakes_of(differences: Iterable[Difference]) -> Stakes:
    """High where critical money is at stake, medium for other critical fields."""
    critical = [one for one in differences if one.critical]
    if any(one.value_type == ValueType.MONEY for one in critical):
        return Stakes.HIGH
    return Stakes.MEDIUM if critical else Stakes.LOW


def _said_by(generation: Generation) -> list[DerivedArtifact]:
    """The machine's own fields, also of a reading that was never put in place."""
    return _by_machine(DerivedArtifact.objects.filter(generation=generation))


def _by_machine(rows: DerivedArtifactQuerySet) -> list[DerivedArtifact]:
    """The fields among them, by slot, without people's. Where an answer was taken back
    it is what the version made, and not that it stands there again.
    """
    fields = rows.whole().of_kind(Kind.FIELD).exclude(origin=Origin.HUMAN)
    found: dict[str, DerivedArtifact] = {}
    for one in fields.order_by("slot", "artifact_id"):
        if one.slot not in found or one.step != REVIEW:
            found[one.slot] = one
    return list(found.values())


def _known_slots(
    generation: Generation, fields: Iterable[DerivedArtifact]
) -> Collection[str]:
    """Those of which a person has said what is true, or that nobody can read it."""
    answered = {one.slot for one in fields if one.origin == Origin.HUMAN}
    golden = GoldenValue.objects.filter(
        case__source=generation.source_id, case__retired_at__isnull=True
    )
    return answered | set(golden.standing().values_list("slot", flat=True))
