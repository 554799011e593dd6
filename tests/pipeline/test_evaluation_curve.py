"""Risk and coverage at every threshold, by counts that can be counted by hand."""

from __future__ import annotations

import pytest

from pipeline.evaluation.curve import risk_and_coverage
from pipeline.evaluation.figures import Document
from pipeline.evaluation.scores import Scored


def document(
    surety: float, *, right: bool | None = True, accepted: bool = True
) -> Document:
    disposition = "auto_accept" if accepted else "human_review"
    return Document(Scored(all_right=right), disposition, surety=surety)


def test_a_point_where_a_threshold_lets_in_more() -> None:
    found = risk_and_coverage(
        [
            document(0.99),
            document(0.99),
            document(0.9, right=False),
            document(0.9, right=None),
            document(0.95, accepted=False),
        ]
    )
    points = [(p["threshold"], p["coverage"], p["risk"], p["known"]) for p in found]
    assert points == [(0.99, 0.4, 0.0, 2), (0.9, 0.8, 0.3333, 3)]
    # Clopper and Pearson: 1 - .05^(1/2) where none of two is wrong.
    assert found[0]["upper"] == pytest.approx(1 - 0.05**0.5, abs=1e-4)


def test_nothing_accepted_is_no_curve() -> None:
    assert risk_and_coverage([document(0.9, accepted=False)]) == []
    assert risk_and_coverage([]) == []
