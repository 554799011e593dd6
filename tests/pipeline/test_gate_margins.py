"""The margin of a slice: its own before its dimension's before that of the whole."""

from __future__ import annotations

import pytest

from pipeline.gate import GateRefused, measure, open_gate, wording
from pipeline.gate.deciding import Rules
from tests.pipeline.gated import make_items, make_reprocess


def test_a_slice_has_its_own_or_that_of_its_dimension() -> None:
    rules = Rules({"": 0.04, "template": 0.02, "template:t-1": 0.2})
    assert rules.margin("template", "t-1") == 0.2
    assert rules.margin("template", "t-2") == 0.02
    assert rules.margin("tenant", "t-1") == 0.04
    assert rules.margin("") == 0.04


def test_one_of_two_at_two_crossed_keys() -> None:
    rules = Rules({"template x tenant:t-1 x mill": 0.3})
    assert rules.margin("template x tenant", "t-1 x mill") == 0.3
    assert rules.margin("template x tenant", "t-2 x mill") == 0.05


@pytest.mark.django_db
def test_the_slice_with_a_margin_of_its_own_is_held_against_that() -> None:
    reprocess = make_reprocess()
    for template in ("strict", "usual"):
        outcomes = ["worse"] + ["same"] * 29
        make_items(reprocess, outcomes, template=template)
    margins = {"": 0.05, "template:strict": 0.02}
    gate = measure(gate=open_gate(reprocess=reprocess, margins=margins))
    templates = gate.slices.filter(dimension="template").order_by("key")
    found = list(templates.values_list("key", "margin", "verdict"))
    assert found == [("strict", 0.02, "insufficient"), ("usual", 0.05, "pass")]
    assert wording.unmet_margins(gate) == ""


@pytest.mark.django_db
def test_a_margin_for_a_slice_that_is_not_there_is_told() -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"])
    margins = {"template:typo": 0.02, "template:t-1": 0.01}
    gate = measure(gate=open_gate(reprocess=reprocess, margins=margins))
    assert wording.unmet_margins(gate).endswith("not there: template:typo.")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["colour:red", ":red", "template x x:1", "cost:1"])
def test_a_slice_of_no_dimension_is_refused(name: str) -> None:
    with pytest.raises(GateRefused, match="no dimension"):
        open_gate(reprocess=make_reprocess(), margins={name: 0.1})
