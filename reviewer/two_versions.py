"""What two versions say differently of one source, as questions for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalog.models import (
    Comparison,
    DerivedArtifact,
    Generation,
    GoldenValue,
    Kind,
    Origin,
)
from pipeline.claims import LINE_SLOT, DocumentTypeSpec, ValueType
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion
from pipeline.report import live_fields
from reviewer.models import Decision, Stakes, Verdict
from reviewer.values import value_of

DISAGREE = "versions_disagree"
NEWER_NOTHING = "newer_finds_nothing"
OLDER_NOTHING = "older_finds_nothing"
NEWER_REFUSES = "newer_refuses"
# Of a line item, what decides money. More questions than that are not one look.
LINE_COLUMN = "amount"
MOST_LINES = 6
# What the comparison says of a slot whose value did not change.
SAME = frozenset(["identical", "equal", "moved", "ungrounded"])
# Of a line: that of this number is another line in the other reading.
OTHER_LINE = frozenset(["added", "removed"])


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
    old, new = comparison.old_generation, comparison.new_generation
    older = {artifact.slot: artifact for artifact in live_fields(old)}
    newer = {artifact.slot: artifact for artifact in _said_by(new)}
    known = _known_slots(old, older.values())
    spec = spec_of(old) or spec_of(new)
    if spec is None:
        return []
    critical = [
        found
        for found in _critical(spec, older, newer)
        if found.slot not in known and _differs(comparison, found)
    ]
    if not critical:
        return []
    amounts = [
        found
        for found in _amounts(comparison, older, newer)
        if found.slot not in known and _differs(comparison, found)
    ]
    return [*critical, *amounts[:MOST_LINES]]


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
    manifest = Manifest.of(PipelineVersion.objects.of(generation))
    return manifest.document_type(generation.document_type)


def stakes_of(differences: Iterable[Difference]) -> Stakes:
    """High where critical money is at stake, medium for other critical fields."""
    critical = [one for one in differences if one.critical]
    if any(one.value_type == ValueType.MONEY for one in critical):
        return Stakes.HIGH
    return Stakes.MEDIUM if critical else Stakes.LOW


def _said_by(generation: Generation) -> list[DerivedArtifact]:
    """The machine's own fields, also of a reading that was never put in place."""
    fields = DerivedArtifact.objects.whole().of_kind(Kind.FIELD)
    machine = fields.filter(generation=generation).exclude(origin=Origin.HUMAN)
    return list(machine.order_by("slot"))


def _known_slots(
    generation: Generation, fields: Iterable[DerivedArtifact]
) -> Collection[str]:
    """Those of which a person has said what is true, or that nobody can read it."""
    answered = {one.slot for one in fields if one.origin == Origin.HUMAN}
    golden = GoldenValue.objects.filter(
        case__source=generation.source_id, case__retired_at__isnull=True
    )
    return answered | set(golden.standing().values_list("slot", flat=True))


def _critical(
    spec: DocumentTypeSpec,
    older: Mapping[str, DerivedArtifact],
    newer: Mapping[str, DerivedArtifact],
) -> Iterator[Difference]:
    for field in spec.fields:
        if field.critical:
            yield Difference(
                field.name,
                field.value_type.value,
                critical=True,
                older=older.get(field.name),
                newer=newer.get(field.name),
            )


def _amounts(
    comparison: Comparison,
    older: Mapping[str, DerivedArtifact],
    newer: Mapping[str, DerivedArtifact],
) -> Iterator[Difference]:
    """Of lines that both versions have under the same number.

    A line that only one of them has is no question of one key: its answer would be a
    whole line. And an answer is carried over by its slot's name, so that it must mean
    the same line in both.
    """
    matches = comparison.line_matches or {}
    pairs = {pair for pair in matches.items() if pair[0] != pair[1]}
    moved = {prefix for pair in pairs for prefix in pair}
    for slot, artifact in older.items():
        line = LINE_SLOT.fullmatch(slot)
        if not line or line["column"] != LINE_COLUMN or line["prefix"] in moved:
            continue
        if value_of(artifact) and value_of(newer.get(slot)):
            yield Difference(
                slot,
                str((artifact.payload or {}).get("value_type") or ValueType.MONEY),
                critical=False,
                older=artifact,
                newer=newer[slot],
            )


def _differs(comparison: Comparison, found: Difference) -> bool:
    """As the comparison says, whose equality is that of the field's type."""
    if value_of(found.older) == value_of(found.newer):
        return False
    if refuses(comparison):
        return True
    verdict = comparison.differences.get(f"{Kind.FIELD.value}:{found.slot}")
    unlike = SAME if found.critical else SAME | OTHER_LINE
    return verdict is not None and verdict not in unlike
