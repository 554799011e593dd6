"""What real doubts look like: a planted one takes the looks of one of them.

A planted question must be about the same fields, for the same reasons and in the same
places as real ones. But a field that is doubtful in most cases is free in few, and a
field that never is would give itself away. So a real doubt is drawn first, whatever the
case at hand; where its field is not free there, or would stand in another place of the
order, nothing is planted. What is seldom free is drawn the more often, and cases are
drawn the more often too, so that fields and places come out as they are among real
doubts (importance sampling) and about the wanted share of cases has one.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pipeline.claims import Claim, ClaimStatus, DocumentTypeSpec, ValueType
from pipeline.doubts import LOW_CONFIDENCE, Doubt
from pipeline.extracting.acceptance import REQUIRED_CONFIDENCE
from pipeline.extracting.reasons import VerifyReason
from reviewer.checks.confusions import family_of
from reviewer.models import ReviewItem
from reviewer.wording import ABOUT_THE_DOCUMENT

MOST = 400  # the latest
# With fewer real doubts than this nothing can be matched yet.
ENOUGH = 12
MOST_RARE = 25.0  # how much a doubt may count that is seldom free
# In the order of questions: conflicts, then critical fields, then as the type has them.
Rank = tuple[bool, bool, int]


@dataclass(frozen=True, slots=True)
class Donor:
    """A real doubt. reason: why it was asked; said: the word at its value; candidates:
    how many further readings it had; place: in the order of its case, from 0. Without
    has_value nothing was found.
    """

    family: str
    value_type: ValueType
    critical: bool
    reason: str
    said: str
    status: ClaimStatus
    confidence: float
    rank: Rank
    place: int = 0
    candidates: int = 0
    has_value: bool = True
    has_place: bool = True


@dataclass(frozen=True, slots=True)
class Donors:
    """weights: of each, how often it is drawn; free: in what share of the cases that
    they come from something would then be planted."""

    found: Sequence[Donor]
    weights: Sequence[float]
    free: float

    @classmethod
    def of(
        cls, tenant_id: uuid.UUID, document_type: str, spec: DocumentTypeSpec
    ) -> Self:
        """The latest real doubts of such documents there; where these are too few, of
        all tenants: no values are taken over, only reasons and figures."""
        cases = _cases(_latest(tenant_id, document_type), spec)
        if sum(map(len, cases)) < ENOUGH:
            cases = _cases(_latest(None, document_type), spec)
        found = [donor for case in cases for donor in case]
        shares = [_free_in(donor, cases) for donor in found]
        weights = [
            min(1 / share if share else MOST_RARE, MOST_RARE) for share in shares
        ]
        drawn = zip(weights, shares, strict=True)
        free = sum(w * share for w, share in drawn) / (sum(weights) or 1.0)
        return cls(found, weights, free)

    @property
    def enough(self) -> bool:
        return len(self.found) >= ENOUGH

    def drawn(self, dice: random.Random) -> Donor:
        [donor] = dice.choices(self.found, self.weights)
        return donor


def _latest(tenant_id: uuid.UUID | None, document_type: str) -> list[ReviewItem]:
    rows = ReviewItem.objects.real_doubts(
        tenant_id, document_type, but=ABOUT_THE_DOCUMENT
    )
    return list(rows.select_related("artifact").order_by("-item_id")[:MOST])


def _cases(items: Iterable[ReviewItem], spec: DocumentTypeSpec) -> list[list[Donor]]:
    by_task: dict[uuid.UUID, list[ReviewItem]] = {}
    for item in items:
        by_task.setdefault(item.task_id, []).append(item)
    return [
        [
            _donor(item, spec, place)
            for place, item in enumerate(sorted(case, key=lambda item: item.position))
        ]
        for case in by_task.values()
    ]


def _donor(item: ReviewItem, spec: DocumentTypeSpec, place: int) -> Donor:
    payload: dict[str, Any] = (item.artifact and item.artifact.payload) or {}
    status = ClaimStatus(payload.get("status", ClaimStatus.UNVERIFIED))
    has_value = bool(payload.get("value"))
    conflict = has_value and status is ClaimStatus.CONFLICT
    return Donor(
        family=family_of(item.slot),
        value_type=ValueType(item.value_type),
        critical=item.critical,
        reason=item.reason,
        said=str(payload.get("reason", "")),
        status=status,
        confidence=float(payload.get("confidence", 0.0)),
        rank=(not conflict, not item.critical, order_of(item.slot, spec)),
        place=place,
        candidates=len(payload.get("candidates", ())),
        has_value=has_value,
        has_place=bool(item.artifact and item.artifact.region),
    )


def order_of(slot: str, spec: DocumentTypeSpec) -> int:
    """Cells of line items come after the fields."""
    names = [field.name for field in spec.fields]
    return names.index(slot) if slot in names else len(names)


def rank_of(doubt: Doubt, spec: DocumentTypeSpec) -> Rank:
    """As pipeline.doubts orders what it finds."""
    conflict = doubt.claim is not None and doubt.claim.status is ClaimStatus.CONFLICT
    return not conflict, not doubt.critical, order_of(doubt.slot, spec)


def _free_in(donor: Donor, cases: Sequence[Sequence[Donor]]) -> float:
    """Share of the cases in which its field was not asked, and would have stood in its
    place."""
    free = sum(
        all(other.family != donor.family for other in case)
        and sum(other.rank <= donor.rank for other in case) == donor.place
        for case in cases
    )
    return free / len(cases)


def plain(claim: Claim, spec: DocumentTypeSpec, dice: random.Random) -> Donor:
    """Where there are too few real doubts: the looks of a reading of low confidence."""
    field = spec.field(claim.slot)
    critical = field is not None and field.critical
    return Donor(
        family=family_of(claim.slot),
        value_type=claim.value_type,
        critical=critical,
        reason=LOW_CONFIDENCE,
        said=VerifyReason.NO_CHECK_APPLIED,
        status=ClaimStatus.UNVERIFIED,
        confidence=round(REQUIRED_CONFIDENCE * dice.uniform(0.6, 0.99), 4),
        rank=(True, not critical, order_of(claim.slot, spec)),
    )


def first_options(
    donors: Donors, right: Sequence[Claim], spec: DocumentTypeSpec, dice: random.Random
) -> list[tuple[Donor, Claim]]:
    """With too few real doubts to match: any free field, with the looks of its own
    doubts where there were some."""
    own: dict[str, list[Donor]] = {}
    for donor in donors.found:
        own.setdefault(donor.family, []).append(donor)
    return [
        (donor, claim)
        for claim in right
        if "[" not in claim.slot
        for donor in own.get(claim.slot) or [plain(claim, spec, dice)]
    ]
