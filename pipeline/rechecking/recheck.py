"""What the checks make of a reading's values where people have said some. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.regions import Region
from pipeline.claims import LINE_SLOT, Claim, ClaimStatus, Extraction, ValueType
from pipeline.doubts import doubts_in
from pipeline.extracting.case import Case, Finding, decimal_or_none, line_items
from pipeline.extracting.reasons import VerifyReason
from pipeline.extracting.verify import CHECKS, judge
from pipeline.rechecking.grounds import Grounds

# What a check that contradicts says, and what it says once it is satisfied. Another
# check that happens to agree does not answer the one that contradicted.
CONTRADICTIONS: Mapping[str, str] = {
    VerifyReason.SUM_OF_LINES_DIFFERS: VerifyReason.SUM_OF_LINES_AGREES,
    VerifyReason.NET_PLUS_TAX_DIFFERS: VerifyReason.NET_PLUS_TAX_AGREES,
    VerifyReason.PAID_LESS_CHANGE_DIFFERS: VerifyReason.PAID_LESS_CHANGE_AGREES,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a slot, normalised; "": the document does not say, or
    nobody can read it. region: where it stands, None for where the machine had it.
    """

    value: str
    value_type: ValueType
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One finding of a slot. by: how far the value is from what the check computes,
    as a plain decimal; None where there is no such figure.
    """

    reason: VerifyReason
    agrees: bool | None
    by: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rechecked:
    """The claims as the checks left them, and what was found of each slot."""

    grounds: Grounds
    case: Case
    claims: Sequence[Claim]
    findings: Mapping[str, Sequence[Finding]]

    def statements(self, slot: str) -> list[Statement]:
        """Contradictions first, then what agrees; a warning that something agrees
        with is none any more.
        """
        found = list(dict.fromkeys(self.findings.get(slot, ())))
        agreed = {f.reason for f in found if f.agrees}
        kept = [
            f
            for f in found
            if f.agrees is not None or CONTRADICTIONS.get(f.reason) not in agreed
        ]
        kept.sort(key=lambda f: (f.agrees is not False, f.agrees is None))
        return [
            Statement(f.reason, f.agrees, _off_by(self.case, slot, f)) for f in kept
        ]

    def agrees_now(self, slot: str, contradiction: str) -> str:
        """The reason why a slot that this check contradicted need not be asked about:
        the same check agrees, none contradicts, and the version's own thresholds would
        have let the value pass. "" where any of this is missing.
        """
        wanted = CONTRADICTIONS.get(contradiction)
        found = self.findings.get(slot, ())
        claim = next((c for c in self.claims if c.slot == slot), None)
        if wanted is None or claim is None or claim.status is not ClaimStatus.VERIFIED:
            return ""
        if any(f.agrees is False for f in found):
            return ""
        if not any(f.reason == wanted and f.agrees for f in found):
            return ""
        asked = doubts_in(self.claims, self.grounds.spec, params=self.grounds.params)
        return "" if any(doubt.slot == slot for doubt in asked) else wanted


def recheck(grounds: Grounds, said: Mapping[str, Said]) -> Rechecked:
    """Run the verify step's checks over the reading with what people said in place."""
    claims = tuple(_with_answers(grounds, said))
    extraction = replace(grounds.extraction, claims=claims)
    case = Case(extraction, grounds.context, grounds.today)
    findings: dict[str, list[Finding]] = {}
    for check in CHECKS:
        for finding in check(case):
            findings.setdefault(finding.slot, []).append(finding)
    judged = [judge(claim, findings.get(claim.slot, ())) for claim in claims]
    return Rechecked(grounds, case, judged, findings)


def _with_answers(grounds: Grounds, said: Mapping[str, Said]) -> Iterator[Claim]:
    """A line whose amount is denied is none, so that its other cells go with it."""
    denied = {
        match["prefix"]
        for slot, answer in said.items()
        if not answer.value and (match := LINE_SLOT.fullmatch(slot))
        if match["column"] == "amount"
    }
    known = {claim.slot: claim for claim in grounds.extraction.claims}
    for slot in dict.fromkeys([*known, *said]):
        line = LINE_SLOT.fullmatch(slot)
        if line and line["prefix"] in denied:
            continue
        answer = said.get(slot)
        if answer is None:
            yield known[slot]
        elif answer.value:
            yield _claim(grounds, slot, answer, known.get(slot))


def _claim(grounds: Grounds, slot: str, said: Said, machine: Claim | None) -> Claim:
    field = grounds.spec.field(slot)
    return Claim(
        slot=slot,
        value=said.value,
        raw=said.value,
        value_type=said.value_type,
        confidence=1.0,
        region=said.region or (machine.region if machine else None),
        critical=field.critical if field else False,
    )


def _off_by(case: Case, slot: str, finding: Finding) -> Decimal | None:
    if finding.agrees:
        return None
    if finding.reason is VerifyReason.SUM_OF_LINES_DIFFERS:
        return _off_lines(case.extraction, slot)
    if finding.reason is VerifyReason.NET_PLUS_TAX_DIFFERS:
        return _off_tax(case)
    if finding.reason is VerifyReason.LINE_PRODUCT_DIFFERS:
        return _off_product(case.extraction, slot)
    return None


def _off_lines(extraction: Extraction, slot: str) -> Decimal | None:
    claim = extraction.claim(slot)
    value = decimal_or_none(claim.value) if claim else None
    amounts = [i.amount for i in line_items(extraction) if i.amount is not None]
    return None if value is None else abs(value - sum(amounts, Decimal(0)))


def _off_tax(case: Case) -> Decimal | None:
    found = [case.amount(r) for r in ("gross_total", "net_total", "tax_total")]
    values = [amount[1] for amount in found if amount]
    if len(values) < 3:
        return None
    gross, net, tax = values
    return abs(gross - net - tax)


def _off_product(extraction: Extraction, slot: str) -> Decimal | None:
    prefix = slot.partition(".")[0]
    for item in line_items(extraction):
        if item.prefix == prefix and item.quantity is not None:
            product = item.quantity * (item.unit_price or Decimal(0))
            return abs((item.amount or Decimal(0)) - product)
    return None
