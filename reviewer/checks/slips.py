"""Which values were wrong: by corrections, and by versions beside the truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from catalog.models import DerivedArtifact, GoldenValue, Kind
from pipeline.claims import ValueType
from reviewer.checks.confusions import History, Slip
from reviewer.models import Correction

MOST = 1000  # the latest of each


def learn() -> History:
    """Of the whole installation: of values only kinds and pairs of signs are kept."""
    return History.of([*_corrected(), *_of_versions()])


def _corrected() -> Iterator[Slip]:
    rows = Correction.objects.that_stand().order_by("-decision__decided_at")
    found = rows.select_related("decision__item", "decision__artifact")[:MOST]
    others = _others(one.decision.artifact.generation_id for one in found)
    for one in found:
        item = one.decision.item
        beside = others[one.decision.artifact.generation_id]
        yield Slip(
            ValueType(item.value_type),
            wrong=one.old_value,
            true=one.new_value,
            others=frozenset(v for slot, v in beside.items() if slot != item.slot),
            moved=one.old_region != one.new_region,
        )


def _others(generations: Iterable[Any]) -> dict[Any, dict[str, str]]:
    """Values by slot of each of the generations."""
    found: dict[Any, dict[str, str]] = defaultdict(dict)
    rows = DerivedArtifact.objects.standing().whole().of_kind(Kind.FIELD)
    rows = rows.filter(generation__in=set(generations))
    for key, slot, value in rows.values_list("generation", "slot", "payload__value"):
        found[key][slot] = str(value or "")
    return found


def _of_versions() -> Iterator[Slip]:
    """What the other version said where a person chose between two, and what machines
    said of documents whose truth was brought in from elsewhere."""
    rows = GoldenValue.objects.that_count().order_by("-value_id")
    for one in rows[:MOST]:
        said = [(one.other_value, one.other_region)] if one.other_version else []
        if one.decision_ref is None and one.pipeline_version:
            said.append((one.machine_value, one.machine_region))
        for wrong, place in said:
            yield Slip(
                ValueType(one.value_type),
                wrong=wrong,
                true=one.value,
                moved=place != one.region,
            )
