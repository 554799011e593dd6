"""Verification: what the checks make of each claim.

A check that agrees outweighs a warning, and one that contradicts outweighs all others
but arithmetic that agrees: totals that hold in one way may fail in another because a
line was not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from pipeline.claims import (
    Claim,
    ClaimStatus,
    DocumentTypeSpec,
    Extraction,
    ValueType,
)
from pipeline.extracting.case import Case, Finding
from pipeline.extracting.context import Context
from pipeline.extracting.document_checks import (
    check_digits,
    currencies,
    dates,
    repeats,
)
from pipeline.extracting.reasons import VerifyReason
from pipeline.extracting.sum_checks import (
    line_products,
    line_sums,
    payments,
    roundings,
    sums,
)
from pipeline.extracting.view import view_of
from pipeline.layout.model import Layout
from pipeline.words import PageWords

Check = Callable[[Case], Iterator[Finding]]
# In the order of their weight: the first that agrees gives the reason.
CHECKS: tuple[Check, ...] = (
    sums,
    payments,
    roundings,
    line_sums,
    line_products,
    dates,
    currencies,
    check_digits,
    repeats,
)
# No check can tell that a name is whole: it may be cut short in both of two places, or
# stand beside another company's tax number.
WORDY = (ValueType.NAME, ValueType.TEXT, ValueType.ADDRESS)
VERIFIED_LEAVES = 0.35  # of the doubt in a claim, after a check has agreed
CONFLICT_LEAVES = 0.5  # of the confidence in a claim, after a check has contradicted


def verify(
    extraction: Extraction,
    pages: Sequence[PageWords],
    layout: Layout,
    spec: DocumentTypeSpec,
    *,
    today: date | None = None,
) -> Extraction:
    """The extraction with a status and a reason for every claim."""
    context = Context(view_of(pages, layout), spec)
    case = Case(extraction, context, today or date.today())
    findings: dict[str, list[Finding]] = {}
    for check in CHECKS:
        for finding in check(case):
            findings.setdefault(finding.slot, []).append(finding)
    claims = tuple(judge(c, findings.get(c.slot, ())) for c in extraction.claims)
    return replace(extraction, claims=claims)


def judge(claim: Claim, findings: Sequence[Finding]) -> Claim:
    """The claim with the status that its findings give it."""
    if claim.region is None:
        return _with(claim, ClaimStatus.UNVERIFIED, VerifyReason.VALUE_NOT_IN_DOCUMENT)
    agreeing = [f for f in findings if f.agrees is True]
    against = [f for f in findings if f.agrees is False]
    arithmetic = [f for f in agreeing if f.reason is not VerifyReason.SAME_VALUE_TWICE]
    if against and not arithmetic:
        lowered = replace(claim, confidence=claim.confidence * CONFLICT_LEAVES)
        return _with(lowered, ClaimStatus.CONFLICT, against[0].reason)
    if agreeing:
        leaves = 1.0 if claim.value_type in WORDY else VERIFIED_LEAVES
        doubt = (1 - claim.confidence) * leaves
        raised = replace(claim, confidence=1 - doubt)
        return _with(raised, ClaimStatus.VERIFIED, agreeing[0].reason)
    if findings:
        return _with(claim, ClaimStatus.UNVERIFIED, findings[0].reason)
    return _with(claim, ClaimStatus.UNVERIFIED, VerifyReason.NO_CHECK_APPLIED)


def _with(claim: Claim, status: ClaimStatus, reason: VerifyReason) -> Claim:
    return replace(claim, status=status, reason=reason.value)
