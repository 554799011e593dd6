"""What a comparison found, in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.models import Comparison
from pipeline.comparing.document import FIELD
from pipeline.comparing.slots import Word

# Of a slot, where an old reading stands left of a new one.
SLOT_WORDS: Mapping[str, str] = {
    Word.IDENTICAL: "Same",
    Word.EQUAL: "Same value",
    Word.ADDED: "Only right",
    Word.REMOVED: "Only left",
    Word.CHANGED: "Differs",
    Word.BETTER: "Better",
    Word.WORSE: "Worse",
    Word.UNGROUNDED: "Box elsewhere",
}


def verdict_text(comparison: Comparison) -> str:
    """ "Closer to what people know to be true: 2 values differ"."""
    label = str(comparison.get_verdict_display())
    said = f"{label[:1].upper()}{label[1:]}"
    counted = difference_text(comparison)
    if counted and comparison.verdict == Comparison.Verdict.CHANGED:
        return counted
    return f"{said}: {counted}" if counted else said


def difference_text(comparison: Comparison) -> str:
    """How many differ, "" for none: "2 values and 1 other artifact differ"."""
    fields = sum(key.startswith(FIELD) for key in comparison.differences)
    others = len(comparison.differences) - fields
    parts = []
    if fields:
        parts.append(f"{fields} value{'' if fields == 1 else 's'}")
    if others:
        other = "other artifact" if fields else "artifact"
        parts.append(f"{others} {other}{'' if others == 1 else 's'}")
    if not parts:
        return ""
    return f"{' and '.join(parts)} differ{'s' if fields + others == 1 else ''}"
