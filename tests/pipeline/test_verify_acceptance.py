"""Acceptance without a person: only where nothing speaks against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ClaimStatus, Extraction, ValueType
from pipeline.definitions.document_types import BUILT_IN
from pipeline.extracting.acceptance import (
    AUTO_ACCEPT,
    HUMAN_REVIEW,
    DispositionReason,
    decide,
)

INVOICE = BUILT_IN[1]
REGION = Region(1, BoundingBox(0.1, 0.1, 0.2, 0.2))


def claim(slot: str, *, critical: bool = True, **changes: Any) -> Claim:
    good = Claim(slot, "x", "x", ValueType.ID, 0.99, REGION, critical=critical)
    return replace(good, **changes)


def extraction(**changes: dict[str, Any]) -> Extraction:
    slots = ("invoice_number", "invoice_date", "grand_total")
    claims = [claim(slot, **changes.get(slot, {})) for slot in slots]
    supplier = changes.get("supplier_name", {})
    claims.append(claim("supplier_name", critical=False, **supplier))
    return Extraction("invoice", 0.9, tuple(claims))


def test_confident_grounded_claims_are_accepted() -> None:
    assert decide(extraction(), INVOICE, params={}) == (
        AUTO_ACCEPT,
        DispositionReason.ALL_CRITICAL_CONFIDENT,
    )


def test_verified_claims_are_accepted_as_such() -> None:
    found = extraction()
    claims = tuple(replace(c, status=ClaimStatus.VERIFIED) for c in found.claims)
    disposition, reason = decide(replace(found, claims=claims), INVOICE, params={})
    assert disposition == AUTO_ACCEPT
    assert reason is DispositionReason.ALL_CRITICAL_VERIFIED


@pytest.mark.parametrize(
    ("slot", "change", "reason"),
    [
        ("grand_total", {"confidence": 0.9}, DispositionReason.CRITICAL_UNVERIFIED),
        (
            "grand_total",
            {"confidence": 0.9, "status": ClaimStatus.VERIFIED},
            DispositionReason.LOW_CONFIDENCE,
        ),
        ("grand_total", {"region": None}, DispositionReason.UNGROUNDED_VALUE),
        (
            "invoice_date",
            {"status": ClaimStatus.CONFLICT},
            DispositionReason.VERIFY_CONFLICT,
        ),
        ("supplier_name", {"confidence": 0.6}, DispositionReason.LOW_CONFIDENCE),
        (
            "supplier_name",
            {"status": ClaimStatus.CONFLICT},
            DispositionReason.VERIFY_CONFLICT,
        ),
    ],
)
def test_whatever_speaks_against_it_sends_it_to_a_person(
    slot: str, change: dict[str, Any], reason: DispositionReason
) -> None:
    found = decide(extraction(**{slot: change}), INVOICE, params={})
    assert found == (HUMAN_REVIEW, reason)


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        ("grand_total", DispositionReason.CRITICAL_MISSING),
        ("supplier_name", DispositionReason.REQUIRED_MISSING),
    ],
)
def test_a_missing_field_sends_it_to_a_person(
    slot: str, reason: DispositionReason
) -> None:
    found = extraction()
    claims = tuple(c for c in found.claims if c.slot != slot)
    assert decide(replace(found, claims=claims), INVOICE, params={})[1] is reason


def test_an_unknown_or_uncertain_type_is_never_accepted() -> None:
    unknown = Extraction("", 0.0, ())
    assert decide(unknown, None, params={}) == (
        HUMAN_REVIEW,
        DispositionReason.UNKNOWN_DOCUMENT_TYPE,
    )
    unsure = replace(extraction(), type_confidence=0.4)
    assert decide(unsure, INVOICE, params={})[1] is (
        DispositionReason.UNCERTAIN_DOCUMENT_TYPE
    )


def test_a_type_without_critical_fields_is_never_accepted() -> None:
    fields = tuple(replace(field, critical=False) for field in INVOICE.fields)
    spec = replace(INVOICE, fields=fields)
    assert decide(extraction(), spec, params={})[0] == HUMAN_REVIEW


def test_the_thresholds_are_parameters() -> None:
    found = extraction(grand_total={"confidence": 0.9})
    assert (
        decide(found, INVOICE, params={"critical_confidence": 0.85})[0] == AUTO_ACCEPT
    )
