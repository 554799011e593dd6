from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Tenant
from pipeline.claims import Claim, ClaimStatus, ValueType
from pipeline.doubts import Doubt
from reviewer import triage, wording
from reviewer.models import ReviewTask, Stakes
from reviewer.names import FieldNames
from reviewer.reasons import reason_text
from tests.factories import field_artifact, make_task, make_tenant
from tests.reviewer.cases import SURE, date, one_doubt, total, two_doubts


def doubt(*, critical: bool = False, status: str = "unverified") -> Doubt:
    claim = Claim(
        slot="total",
        value="1.00",
        raw="1.00",
        value_type=ValueType.MONEY,
        confidence=0.5,
        status=ClaimStatus(status),
    )
    return Doubt("total", "money", critical, "low_confidence", claim)


MISSING = Doubt("total", "money", critical=True, reason="missing", claim=None)


@pytest.mark.parametrize(
    ("doubts", "stakes"),
    [
        ([], Stakes.LOW),
        ([doubt()], Stakes.LOW),
        ([doubt(critical=True)], Stakes.MEDIUM),
        ([MISSING], Stakes.MEDIUM),
        ([doubt(status="conflict")], Stakes.MEDIUM),
        ([doubt(critical=True, status="conflict")], Stakes.HIGH),
        ([doubt(critical=True), doubt(status="conflict")], Stakes.MEDIUM),
    ],
)
def test_stakes(doubts: list[Doubt], stakes: Stakes) -> None:
    assert triage.stakes_of(doubts) == stakes


def test_priority_goes_by_stakes_then_conflicts_then_doubts() -> None:
    conflict = doubt(status="conflict")
    ranked = [
        triage.priority_of(Stakes.LOW, [doubt()]),
        triage.priority_of(Stakes.LOW, [doubt()] * 98),
        triage.priority_of(Stakes.LOW, [conflict]),
        triage.priority_of(Stakes.LOW, [conflict] * 500),
        triage.priority_of(Stakes.MEDIUM, []),
        triage.priority_of(Stakes.HIGH, []),
    ]
    assert ranked == sorted(ranked)
    assert len(set(ranked)) == len(ranked)


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("acme")


def why(task: ReviewTask) -> str:
    return wording.why(task, list(task.items.order_by("position")), FieldNames({}))


def slots(task: ReviewTask) -> list[str]:
    return list(task.items.order_by("position").values_list("slot", flat=True))


def test_only_doubtful_fields_are_asked_conflicts_first(tenant: Tenant) -> None:
    task = two_doubts(tenant)
    assert slots(task) == ["total", "date"]
    assert task.stakes == Stakes.HIGH
    assert why(task) == "Total: it differs from the sum of the line items."


def test_a_doubt_makes_middle_stakes(tenant: Tenant) -> None:
    task = one_doubt(tenant)
    assert (slots(task), task.stakes) == (["date"], Stakes.MEDIUM)
    assert why(task) == "Date: it was read with low confidence."


def test_what_is_missing_is_asked_for(tenant: Tenant) -> None:
    task = make_task(tenant, fields=[SURE, total()])
    item = task.items.get(slot="date")
    assert (item.reason, item.artifact) == ("missing", None)


def test_a_document_in_doubt_as_a_whole_asks_for_all_that_is_critical(
    tenant: Tenant,
) -> None:
    sure: dict[str, Any] = {"status": "verified", "confidence": 1.0, "critical": True}
    fields = [
        SURE,
        field_artifact("total", "5.00", **sure),
        field_artifact("date", "2018-01-11", value_type="date", **sure),
    ]
    task = make_task(tenant, fields=fields, reason="uncertain_document_type")
    assert set(slots(task)) == {"company", "total", "date"}
    assert why(task) == reason_text("uncertain_document_type")


def test_an_unknown_document_asks_nothing_and_says_so(tenant: Tenant) -> None:
    task = make_task(tenant, document_type="", reason="unknown_document_type")
    assert (slots(task), task.stakes) == ([], Stakes.LOW)
    assert why(task) == reason_text("unknown_document_type")


def test_no_task_where_the_machine_decided(tenant: Tenant) -> None:
    with pytest.raises(ReviewTask.DoesNotExist):
        make_task(tenant, disposition="auto_accept", reason="all_critical_verified")


def test_a_line_is_named_as_people_count(tenant: Tenant) -> None:
    line = field_artifact(
        "lines[2].amount", "1.00", status="conflict", reason="line_product_differs"
    )
    task = make_task(tenant, fields=[SURE, date(), line])
    assert why(task) == (
        "Line 3: amount: quantity times unit price does not give the amount."
    )


def test_every_way_to_be_wrong_tells_how_to_type() -> None:
    assert set(wording.HOW_TO_TYPE) == set(ValueType)
