"""How much a version could accept unseen, and how much of it would be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.acceptance.sequence import Labelled, thresholds
from pipeline.evaluation.figures import LEVEL, Document
from pipeline.stats.proportions import upper_bound


def risk_and_coverage(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """A point at each threshold of surety that lets in more, from strict to loose.

    coverage: share of all documents that the version would accept and is so sure of.
    risk: share of wrong ones among those of which anybody knows; upper: the exact bound
    that it is below with 95 % confidence, at this point alone: whoever picks a point by
    looking at the curve has proven nothing (prove_acceptance does).
    """
    accepted = [one for one in documents if one.accepted]
    known = [
        Labelled(one.surety, one.scored.all_right)
        for one in accepted
        if one.scored.all_right is not None
    ]
    return [
        {
            "threshold": point.threshold,
            "coverage": round(
                sum(one.surety >= point.threshold for one in accepted) / len(documents),
                4,
            ),
            "known": point.accepted,
            "wrong": point.wrong,
            "risk": round(point.wrong / point.accepted, 4),
            "upper": round(upper_bound(point.wrong, point.accepted, LEVEL), 4),
        }
        for point in thresholds(known, least=1)
    ]
