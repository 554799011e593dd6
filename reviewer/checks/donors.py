"""What real doubts look like: a planted one takes the looks of one of them."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.claims import Claim, ClaimStatus, ValueType
from pipeline.doubts import LOW_CONFIDENCE
from pipeline.extracting.acceptance import REQUIRED_CONFIDENCE
from pipeline.extracting.reasons import VerifyReason
from reviewer.checks.confusions import family_of
from reviewer.models import ReviewItem
from reviewer.wording import ABOUT_THE_DOCUMENT

MOST = 400  # the latest


@dataclass(frozen=True, slots=True)
class Donor:
    """A real doubt. reason: why it was asked; said: the word at its value; candidates:
    how many further readings it had. Without has_value nothing was found.
    """

    family: str
    value_type: ValueType
    critical: bool
    reason: str
    said: str
    status: ClaimStatus
    confidence: float
    candidates: int = 0
    has_value: bool = True
    has_place: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """The looks of a donor for a claim that is right; weight: how often it is taken."""

    donor: Donor
    claim: Claim
    weight: float


@dataclass(frozen=True, slots=True)
class Donors:
    """tasks: how many cases they are of; asked: by field, in how many of these."""

    found: Sequence[Donor]
    tasks: int
    asked: Counter[str]

    @classmethod
    def of(cls, tenant_id: uuid.UUID, document_type: str) -> Donors:
        """The latest real doubts of such documents there."""
        rows = ReviewItem.objects.real_doubts(
            tenant_id, document_type, but=ABOUT_THE_DOCUMENT
        )
        items = list(rows.select_related("artifact").order_by("-item_id")[:MOST])
        cases = {(family_of(item.slot), item.task_id) for item in items}
        return cls(
            found=[_donor(item) for item in items],
            tasks=len({item.task_id for item in items}),
            asked=Counter(family for family, _ in cases),
        )

    def options(self, right: Sequence[Claim]) -> list[Option]:
        """A field that is asked in most cases can be planted in few of them, and counts
        the more there; so planted questions are about the same fields as real ones.
        """
        of_family: dict[tuple[str, ValueType], list[Claim]] = {}
        for claim in right:
            key = family_of(claim.slot), claim.value_type
            of_family.setdefault(key, []).append(claim)
        return [
            Option(donor, claim, self._rarity(donor.family) / len(claims))
            for donor in self.found
            if (claims := of_family.get((donor.family, donor.value_type)))
            for claim in claims
        ]

    def _rarity(self, family: str) -> float:
        return self.tasks / (self.tasks - self.asked[family] + 1)


def _donor(item: ReviewItem) -> Donor:
    payload: dict[str, Any] = (item.artifact and item.artifact.payload) or {}
    return Donor(
        family=family_of(item.slot),
        value_type=ValueType(item.value_type),
        critical=item.critical,
        reason=item.reason,
        said=str(payload.get("reason", "")),
        status=ClaimStatus(payload.get("status", ClaimStatus.UNVERIFIED)),
        confidence=float(payload.get("confidence", 0.0)),
        candidates=len(payload.get("candidates", ())),
        has_value=bool(payload.get("value")),
        has_place=bool(item.artifact and item.artifact.region),
    )


def plain_options(right: Sequence[Claim], dice: random.Random) -> list[Option]:
    """Where there were no real doubts yet: as a reading of low confidence."""
    return [
        Option(
            Donor(
                family=family_of(claim.slot),
                value_type=claim.value_type,
                critical=claim.critical,
                reason=LOW_CONFIDENCE,
                said=VerifyReason.NO_CHECK_APPLIED,
                status=ClaimStatus.UNVERIFIED,
                confidence=round(REQUIRED_CONFIDENCE * dice.uniform(0.6, 0.99), 4),
            ),
            claim,
            weight=1.0,
        )
        for claim in right
        if "[" not in claim.slot
    ]
