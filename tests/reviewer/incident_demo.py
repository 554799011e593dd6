"""The demo's incident with so few documents that a test may read them."""

from __future__ import annotations

import pytest

from reviewer.demo import documents, incident_plans, practice

BEFORE = ("brackwater-01-14.pdf", "brackwater-03-25.pdf")
AFTER = "brackwater-04-15.pdf"
MOVED = ("ostrander-01-14.pdf", "ostrander-02-11.pdf")


def tell_little(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = (*BEFORE, AFTER, *MOVED)
    plans = tuple(plan for plan in incident_plans.INCIDENT_PLANS if plan.file in wanted)
    monkeypatch.setattr(incident_plans, "INCIDENT_PLANS", plans)
    monkeypatch.setattr(documents, "PLANS", ())
    monkeypatch.setattr(practice, "CASES", 0)
