"""How far two people agree beyond what chance would do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

# Of fewer pairs a kappa says nothing.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Kappa:
    """value: 1 all agree, 0 as by chance. lower, upper: of 95 %."""

    value: float
    lower: float
    upper: float


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa | None:
    """None of fewer than FEWEST pairs, and where one of the two always says the same:
    then it is 0 however often they agree.

    Source: Cohen 1960 (Educ Psychol Meas 20:37), with his standard error.
    """
    n = len(pairs)
    first = Counter(one for one, _ in pairs)
    second = Counter(other for _, other in pairs)
    if n < FEWEST or min(len(first), len(second)) < 2:
        return None
    agreed = sum(one == other for one, other in pairs) / n
    chance = sum(first[word] * second[word] for word in first) / n**2
    value = (agreed - chance) / (1 - chance)
    error = math.sqrt(agreed * (1 - agreed) / n) / (1 - chance)
    return Kappa(value, max(value - 1.96 * error, -1.0), min(value + 1.96 * error, 1.0))
