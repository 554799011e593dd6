"""Stating margins in a form: a line a slice, and bad ones are named."""

from __future__ import annotations

import pytest

from reviewer.gate_forms import OpenGateForm


def test_the_form_takes_a_line_a_slice() -> None:
    single = "template:t-1 = 2\n\n tenant:mill=1.5 %\n"
    form = OpenGateForm({"whole": "5", "template": "3", "single": single})
    assert form.is_valid(), form.errors
    assert form.margins() == {
        "": 0.05, "template": 0.03, "template:t-1": 0.02, "tenant:mill": 0.015,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("single", "says"),
    [
        ("template = 2", "about no slice"),
        ("template:t-1 = two", "says no percent"),
        ("template:t-1 = 200", "between 0 and 1"),
        ("colour:red = 2", "no dimension"),
    ],
)
def test_a_bad_line_is_named(single: str, says: str) -> None:
    form = OpenGateForm({"whole": "5", "single": single})
    assert says in form.errors["single"][0]
