"""Two readings as a whole: one word for the document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Comparison
from pipeline.comparing.critical import Critical
from pipeline.comparing.slots import (
    OTHER_VALUE,
    SAME,
    SlotResult,
    SlotsCompared,
    Word,
)

FIELD = "field:"
Verdict = Comparison.Verdict


@dataclass(frozen=True, slots=True)
class DocumentCompared:
    """As the columns of a Comparison."""

    verdict: str
    differences: Mapping[str, str]
    grounding: Mapping[str, Mapping[str, float | bool | None]]
    line_matches: Mapping[str, str]
    disagrees: bool


NOTHING_DIFFERS = DocumentCompared(Verdict.IDENTICAL, {}, {}, {}, disagrees=False)


def summed_up(
    compared: SlotsCompared, others: Mapping[str, str], critical: Critical
) -> DocumentCompared:
    """others: {"kind:slot": word} of what differs and is no field."""
    fields = {f"{FIELD}{one.pair.slot}": one for one in compared.slots}
    differing = {key: one.word for key, one in fields.items() if one.word not in SAME}
    return DocumentCompared(
        verdict=verdict_of(compared.slots, critical),
        differences={**differing, **others},
        grounding={
            one.pair.slot: one.grounding.as_json()
            for one in compared.slots
            if one.grounding is not None
        },
        line_matches=dict(compared.line_matches),
        disagrees=any(
            one.word in OTHER_VALUE and one.pair.slot in critical
            for one in compared.slots
        ),
    )


def verdict_of(slots: Sequence[SlotResult], critical: Critical) -> Verdict:
    """What people know decides first, and of that what is critical.

    As much better as worse is a change that nobody can call either.
    """
    gained = _gain(s.word for s in slots if s.pair.slot in critical) or _gain(
        s.word for s in slots
    )
    if gained:
        return Verdict.BETTER if gained > 0 else Verdict.WORSE
    words = {one.word for one in slots}
    if words & OTHER_VALUE:
        return Verdict.CHANGED
    return Verdict.UNGROUNDED if Word.UNGROUNDED in words else Verdict.EQUAL


def _gain(words: Iterable[Word]) -> int:
    return sum((word is Word.BETTER) - (word is Word.WORSE) for word in words)


def others_differing(
    old: Mapping[str, object], new: Mapping[str, object]
) -> dict[str, str]:
    """Which artifacts other than fields are not the same, by their hashes."""
    found = {}
    for key in dict.fromkeys([*new, *old]):
        if key.startswith(FIELD) or old.get(key) == new.get(key):
            continue
        word = Word.CHANGED
        if key not in old:
            word = Word.ADDED
        elif key not in new:
            word = Word.REMOVED
        found[key] = str(word)
    return found
