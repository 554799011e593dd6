"""The golden result of a gate: by a frozen set, slice by slice."""

from __future__ import annotations

import pytest
from django.utils import timezone

from catalog.models import GoldenCase, GoldenSet, GoldenValue
from catalog.services import freeze_golden_set
from pipeline.gate import measure, open_gate, report_digest, report_of
from pipeline.models import Gate, Stage
from tests.pipeline.compared_readings import know
from tests.pipeline.gated import TRUE, make_item, make_reprocess

pytestmark = pytest.mark.django_db
OTHER = "7.00"


def make_gate(**given: object) -> Gate:
    """One case of which both are right, one better in another template, one worse."""
    reprocess = make_reprocess()
    same = make_item(reprocess, "same")
    know(same.source, total=TRUE)
    make_item(reprocess, "better", known_before=True, template="t-2")
    make_item(reprocess, "worse", known_before=True, template="t-2")
    return open_gate(reprocess=reprocess, **given)  # type: ignore[arg-type]


def counted(gate: Gate, dimension: str = "", key: str = "") -> tuple[int, int, int]:
    found = gate.slices.get(dimension=dimension, key=key).golden
    assert found is not None
    return found["cases"], found["old_right"], found["new_right"]


def test_right_before_and_after_is_counted_slice_by_slice() -> None:
    gate = measure(gate=make_gate())
    assert counted(gate) == (3, 2, 2)
    assert counted(gate, "template", "t-1") == (1, 1, 1)
    assert counted(gate, "template", "t-2") == (2, 1, 1)
    assert counted(gate, "tenant", "mill") == (3, 2, 2)
    whole = gate.figures["golden"]
    assert (whole["cases"], whole["better"], whole["worse"]) == (3, 1, 1)
    told = {(s["dimension"], s["key"]): s for s in report_of(gate)["slices"]}
    assert told["template", "t-2"]["golden"]["cases"] == 2


def test_a_set_is_frozen_when_the_gate_is_opened() -> None:
    gate = make_gate()
    assert gate.golden_set == GoldenSet.objects.newest()
    assert gate.golden_set is not None
    assert gate.golden_set.cases == 3


def test_what_is_filed_or_withdrawn_since_changes_nothing() -> None:
    gate = measure(gate=make_gate())
    before = gate.figures["golden"], report_digest(gate)
    for item in gate.reprocess.items.all():
        # It stands from now on, and of every document the new version would be wrong.
        know(item.source, total=OTHER)
    assert GoldenValue.objects.that_count().filter(value=OTHER).count() == 3
    GoldenCase.objects.update(retired_at=timezone.now(), retired_because="wrong")
    gate = measure(gate=gate)
    assert gate.figures["golden"] == before[0]
    assert counted(gate) == (3, 2, 2)
    assert counted(gate, "template", "t-2") == (2, 1, 1)


def test_answers_to_what_disagrees_are_no_golden_cases_of_this_gate() -> None:
    reprocess = make_reprocess()
    make_item(reprocess, "better", known_before=True)
    late = make_item(reprocess, "undecided", stage=Stage.CANARY)
    gate = open_gate(reprocess=reprocess)
    know(late.source, total=TRUE)
    gate = measure(gate=gate)
    assert gate.slices.get(dimension="").worse == 1
    assert counted(gate) == (1, 0, 1)


def test_a_set_that_is_named_is_the_one_that_counts() -> None:
    reprocess = make_reprocess()
    make_item(reprocess, "better", known_before=True)
    earlier = freeze_golden_set()
    make_item(reprocess, "worse", known_before=True)
    gate = measure(gate=open_gate(reprocess=reprocess, golden_set=earlier))
    assert gate.golden_set == earlier
    assert counted(gate) == (1, 0, 1)


def test_without_any_case_there_is_no_set_and_no_result() -> None:
    reprocess = make_reprocess()
    make_item(reprocess, "undecided")
    gate = measure(gate=open_gate(reprocess=reprocess))
    assert gate.golden_set is None
    assert counted(gate) == (0, 0, 0)
