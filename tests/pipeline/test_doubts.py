from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ClaimStatus, DocumentTypeSpec, FieldSpec, ValueType
from pipeline.doubts import doubts_in, everything_critical

PARAMS = {
    "critical_confidence": 0.97,
    "verified_confidence": 0.8,
    "required_confidence": 0.85,
}
SPEC = DocumentTypeSpec(
    name="receipt",
    keywords=(),
    fields=(
        FieldSpec("company", ValueType.NAME, required=True),
        FieldSpec("date", ValueType.DATE, critical=True),
        FieldSpec("address", ValueType.ADDRESS),
        FieldSpec("total", ValueType.MONEY, critical=True),
    ),
)
PLACE = Region(1, BoundingBox(0.1, 0.1, 0.2, 0.12))


def claim(
    slot: str,
    *,
    confidence: float = 0.99,
    status: ClaimStatus = ClaimStatus.UNVERIFIED,
    region: Region | None = PLACE,
) -> Claim:
    return Claim(
        slot=slot,
        value="x",
        raw="x",
        value_type=ValueType.TEXT,
        confidence=confidence,
        region=region,
        status=status,
        reason="some_check",
    )


SURE = tuple(claim(field.name) for field in SPEC.fields)


def asked(*changed: Claim, without: str = "") -> list[tuple[str, str]]:
    """Slot and reason of each doubt when some claims differ from the sure ones."""
    slots = {new.slot: new for new in changed}
    claims = [slots.pop(sure.slot, sure) for sure in SURE if sure.slot != without]
    found = doubts_in([*claims, *slots.values()], SPEC, params=PARAMS)
    return [(doubt.slot, doubt.reason) for doubt in found]


def test_sure_claims_ask_nothing() -> None:
    assert asked() == []


@pytest.mark.parametrize(
    ("confidence", "status", "doubtful"),
    [
        (0.96, ClaimStatus.UNVERIFIED, True),
        (0.97, ClaimStatus.UNVERIFIED, False),
        (0.81, ClaimStatus.VERIFIED, False),
        (0.79, ClaimStatus.VERIFIED, True),
        (0.99, ClaimStatus.CONFLICT, True),
    ],
)
def test_a_critical_field(
    confidence: float,
    status: ClaimStatus,
    doubtful: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    found = asked(claim("total", confidence=confidence, status=status))

    assert bool(found) is doubtful


def test_a_missing_critical_or_required_field_is_asked_for() -> None:
    assert asked(without="date") == [("date", "missing")]
    assert asked(without="company") == [("company", "missing")]
    assert asked(without="address") == []


def test_a_value_that_stands_nowhere_is_asked_about() -> None:
    assert asked(claim("total", region=None)) == [("total", "ungrounded")]


def test_a_field_that_decides_nothing_is_asked_about_when_likelier_wrong() -> None:
    assert asked(claim("address", confidence=0.6)) == []
    assert asked(claim("address", confidence=0.4)) == [("address", "low_confidence")]


def test_conflicts_come_first_then_critical_fields() -> None:
    found = asked(
        claim("company", confidence=0.5),
        claim("date", confidence=0.5),
        claim("total", status=ClaimStatus.CONFLICT),
    )

    assert [slot for slot, _ in found] == ["total", "date", "company"]


def test_a_line_in_conflict_is_asked_about() -> None:
    line = claim("lines[0].amount", status=ClaimStatus.CONFLICT)

    assert asked(line) == [("lines[0].amount", "some_check")]
    assert asked(replace(line, status=ClaimStatus.UNVERIFIED)) == []


def test_everything_critical_keeps_what_was_found() -> None:
    doubts = everything_critical(SURE[:2], SPEC, reason="uncertain_document_type")

    assert [(d.slot, d.claim is None) for d in doubts] == [
        ("date", False),
        ("total", True),
    ]
