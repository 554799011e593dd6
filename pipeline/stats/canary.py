"""May one look at a canary after every answer? By this figure, yes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from scipy.special import betainc, betaln

LARGEST = 700.0  # of its logarithm: more is no number of the machine any more


def e_value(harmful: int, n: int) -> float:
    """How strongly n documents, of which one version is right, speak for harm.

    harmful: of those, where it is the old one. Mean likelihood of the harm rates above
    1/2 over that of 1/2: 2^(n+1) B(k+1, n-k+1) P(Beta(k+1, n-k+1) > 1/2). Without harm
    it reaches 1 / level at most `level` of the time, however often one looks (Ville).
    Raises ValueError for more harm than documents.
    """
    if not 0 <= harmful <= n:
        raise ValueError("harmful are some of the documents")
    a, b = harmful + 1, n - harmful + 1
    above = betainc(b, a, 0.5)  # P(Beta(a, b) > 1/2), without 1 - almost 1
    if above <= 0:
        return 0.0
    return math.exp(
        min(LARGEST, (n + 1) * math.log(2) + betaln(a, b) + math.log(above))
    )


def largest_e_value(harms: Iterable[bool]) -> float:
    """The largest that was reached after any of the answers, in their order."""
    largest, harmful = 1.0, 0
    for n, harm in enumerate(harms, start=1):
        harmful += harm
        largest = max(largest, e_value(harmful, n))
    return largest
