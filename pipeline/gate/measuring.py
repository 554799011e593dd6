"""Measuring a gate: from rows to verdicts, as often as anybody asks, until signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from pipeline.gate.collecting import Collected, collect
from pipeline.gate.costs import floors_of, spending_of
from pipeline.gate.deciding import Decided, Judged, Rules, Why, decide
from pipeline.gate.errors import GateRefused
from pipeline.gate.evidence import CROSS, OF, TEMPLATE, one_slice
from pipeline.gate.fitness import activation, breadth_of
from pipeline.gate.golden import (
    GoldenCase,
    golden_by_slice,
    golden_cases,
    golden_result,
)
from pipeline.gate.spending import FLOORS
from pipeline.models import Gate, GateSlice, ReprocessItem
from pipeline.stats.canary import e_value, largest_e_value
from pipeline.stats.disagreements import documents_needed

State = ReprocessItem.State
NO_CASES = {"cases": 0, "old_right": 0, "new_right": 0}
SIGNED = "This gate was signed: it is a record, and measured no more."


@transaction.atomic
def measure(*, gate: Gate) -> Gate:
    """Count anew, judge every slice, and store both. Raises GateRefused once signed."""
    gate = (
        Gate.objects.select_for_update(of=("self",))
        .select_related("reprocess__pipeline_version")
        .get(pk=gate.pk)
    )
    if gate.signed_at is not None:
        raise GateRefused(SIGNED)
    # Before anything is counted: what ends meanwhile is none of what was measured.
    gate.measured_at = timezone.now()
    found = collect(gate.reprocess)
    rules = rules_of(gate)
    canary = _canary(found, rules.level)
    failed = found.states.get(State.FAILED, 0)
    decided = decide(
        found.documents, rules, canary_stops=canary["stops"], failed=failed
    )
    spending = spending_of(gate.reprocess, floors_of(gate.margins), level=rules.level)
    golden = golden_cases(gate)
    gate.slices.all().delete()
    slices = list(_slices(gate, found, decided, rules))
    _add_golden(slices, golden)
    GateSlice.objects.bulk_create(slices)
    facts = activation(decided, rules, spending, breadth_of(gate.reprocess), failed)
    gate.fit_to_activate = decided.fit and not facts["why"]
    gate.figures = {
        "items": dict(found.states),
        "documents": _documents(found, decided),
        "golden": golden_result(golden),
        "canary": canary,
        **{name: one.as_json() for name, one in spending.items()},
        "activation": facts,
        "unmet_margins": _unmet(gate, slices),
    }
    gate.save(update_fields=["fit_to_activate", "figures", "measured_at"])
    return gate


def _unmet(gate: Gate, slices: Iterable[GateSlice]) -> list[str]:
    """Margins that were stated for single slices which are not there."""
    there = {one_slice(one.dimension, one.key) for one in slices}
    return sorted(name for name in gate.margins if OF in name and name not in there)


def rules_of(gate: Gate) -> Rules:
    margins = {k: float(v) for k, v in gate.margins.items() if k not in FLOORS}
    return Rules(margins, gate.level)


def _canary(found: Collected, level: float) -> dict[str, Any]:
    """largest: the e-value reached after any answer; 1 / level or more stops."""
    harms = list(found.canary)
    largest = largest_e_value(harms)
    return {
        "answers": len(harms),
        "harmful": sum(harms),
        "e_value": round(e_value(sum(harms), len(harms)), 6),
        "largest": round(largest, 6),
        "stops_at": 1 / level,
        "stops": largest >= 1 / level,
    }


def _documents(found: Collected, decided: Decided) -> dict[str, int]:
    documents = found.documents
    passing = documents.movable.copy()
    for one in decided.judged:
        if one.holds:
            passing[one.slice.members] = False
    return {
        "compared": len(documents),
        "disagreeing": int(np.count_nonzero(documents.disagrees)),
        "labelled": int(np.count_nonzero(documents.labelled)),
        "moving": int(np.count_nonzero(decided.moves)),
        "known_worse": int(np.count_nonzero(passing & documents.worse)),
        "not_movable": int(np.count_nonzero(~documents.movable)),
    }


def _slices(
    gate: Gate, found: Collected, decided: Decided, rules: Rules
) -> Iterable[GateSlice]:
    seen = set()
    for one in decided.judged:
        key = (one.slice.dimension, one.slice.key)
        seen.add(key)
        yield _row(gate, one, found.populations.get(key, one.evidence.of.n))
    for (dimension, name), population in sorted(found.populations.items()):
        if (dimension, name) not in seen and CROSS not in dimension:
            yield _not_compared(gate, dimension, name, population, rules)


def _add_golden(slices: Iterable[GateSlice], cases: Sequence[GoldenCase]) -> None:
    counted = golden_by_slice(cases)
    for one in slices:
        one.golden = counted.get((one.dimension, one.key), NO_CASES)


def _row(gate: Gate, one: Judged, population: int) -> GateSlice:
    seen, figures = one.evidence.of, one.figures
    return GateSlice(
        gate=gate,
        dimension=one.slice.dimension,
        key=one.slice.key,
        margin=one.margin,
        population=population,
        compared=seen.n,
        disagreeing=seen.disagree,
        labelled=seen.labelled,
        better=seen.better,
        worse=seen.worse,
        difference=figures.difference,
        lower=figures.lower,
        upper=figures.upper,
        at_least=figures.at_least if seen.n else None,
        p_harm=figures.p_harm,
        p_adjusted=one.p_adjusted,
        exact=seen.n == population > 0 and not seen.undecided,
        needed=one.needed,
        moving=one.moving,
        holds=one.holds,
        verdict=GateSlice.Verdict(one.verdict.value),
        why=one.why.value,
    )


def _not_compared(
    gate: Gate, dimension: str, key: str, population: int, rules: Rules
) -> GateSlice:
    margin = rules.margin(dimension, key)
    return GateSlice(
        gate=gate,
        dimension=dimension,
        key=key,
        margin=margin,
        population=population,
        compared=0,
        disagreeing=0,
        labelled=0,
        better=0,
        worse=0,
        holds=dimension == TEMPLATE,
        needed=min(population, documents_needed(margin, level=rules.level)),
        verdict=GateSlice.Verdict.INSUFFICIENT,
        why=Why.COMPARE.value,
    )
