"""What is known of two versions when people answer only where these disagree.

Where both say the same the difference is exactly 0, whatever is true. So of n compared
documents only the D that disagree need answers, and of those perhaps only m get one.
There are two questions, and one interval does not answer both.

*These documents.* The n are all there is; D is a fact, no estimate. Each decided
document counts as what it is; only those still undecided are inferred, from decided
ones that were drawn at random. With none undecided nothing is inferred at all.

*What comes in.* The n stand for documents that nobody has seen, and D itself is the
luck of the draw. (D / n) * interval(b, c, m) forgets that: with D = 0 it would be
[0, 0] after one document, and with every disagreement harmful it never goes below
-D / n. With all D decided the right interval is that of b and c among n. With m of D
decided at random we know as much as if n * m / D documents had been drawn and all of
their disagreements decided: the m-th disagreement of a random order stands about
there. So it is the interval of b and c among n * m / D. Its variance,
pi (1 - pi t^2) pi / m with pi = D / n and t = (b - c) / m, is never below that of the
two-phase estimator, pi^2 ((1 - t^2) / m + t^2 (1 - pi) / D), since m <= D; both agree
at m = D.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scipy.stats import binom

from pipeline.stats.paired import (
    UNKNOWN,
    Interval,
    harm_p,
    least_difference,
    normal_quantile,
    paired_interval,
    tango,
)

MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """n documents compared, `disagree` of them; of those `labelled` have an answer.

    better, worse: of the labelled, only the new, only the old version is right. The
    rest of the labelled: both are wrong. Raises ValueError for impossible counts.
    """

    n: int
    disagree: int
    labelled: int
    better: int
    worse: int

    def __post_init__(self) -> None:
        ordered = (0, self.better + self.worse, self.labelled, self.disagree, self.n)
        if list(ordered) != sorted(ordered) or min(self.better, self.worse) < 0:
            raise ValueError(f"such counts cannot be: {self}")

    @property
    def undecided(self) -> int:
        return self.disagree - self.labelled

    @property
    def as_good_as(self) -> float:
        """Documents drawn with all disagreements decided that tell as much."""
        if not self.disagree:
            return float(self.n)
        return self.n * self.labelled / self.disagree

    @property
    def difference(self) -> float | None:
        """(D / n) (b - c) / m; None where nothing is known."""
        effective = self.as_good_as
        return (self.better - self.worse) / effective if effective else None


def of_what_comes(seen: Seen, *, level: float) -> Interval:
    """Two-sided, of documents like these that nobody has seen."""
    n = seen.as_good_as
    if not n:
        return UNKNOWN
    return paired_interval(seen.better, seen.worse, n, level=level)


def least_of_what_comes(seen: Seen, *, level: float) -> float:
    """One-sided lower bound of the same."""
    n = seen.as_good_as
    if not n:
        return -1.0
    return least_difference(seen.better, seen.worse, n, level=level)


def least_of_these(seen: Seen, drawn: Seen, *, level: float) -> float:
    """One-sided lower bound of the difference over exactly the n documents seen.

    drawn: of the labelled, those that were drawn at random; from them the undecided are
    inferred. Without any the undecided are taken for lost, which needs no inference.
    r drawn ones tell of u undecided what r u / (r + u) tell of endlessly many, since
    the mean of the undecided has luck of its own: S^2 / r + S^2 / u.
    """
    if not seen.n:
        return 0.0
    known, left, drawn_count = seen.better - seen.worse, seen.undecided, drawn.labelled
    share = -1.0
    if drawn_count and left:
        part = left / (drawn_count + left)
        n, z = drawn_count * part, normal_quantile(level)
        share = tango(drawn.better * part, drawn.worse * part, n, z=z).lower
    return (known + left * share) / seen.n


def documents_needed(margin: float, *, level: float = 0.05) -> int:
    """So many without one that got worse prove that a share of `margin` did not.

    The smallest n with (1 - margin)^n <= level. Raises ValueError for no margin.
    """
    if not 0 < margin < 1:
        raise ValueError("A margin is a share between 0 and 1.")
    return _smallest(lambda n: float(binom.cdf(0, n, margin)) <= level, 1, MOST) or MOST


def answers_needed(seen: Seen, drawn: Seen, margin: float, *, level: float) -> int:
    """How many more answers, like those so far, would show these documents safe.

    All that are undecided where fewer would not do, or where nothing is known yet.
    """

    def enough(more: int) -> bool:
        grown, drawn_too = _grown(seen, more, drawn), _grown(drawn, more, drawn)
        return least_of_these(grown, drawn_too, level=level) >= -margin

    return _smallest(enough, 0, seen.undecided) or seen.undecided


def _grown(seen: Seen, more: int, like: Seen) -> Seen:
    """With so many more answers, in the proportions of those drawn so far.

    Where there are none yet: as if both versions were wrong in all of them.
    """
    m = like.labelled or 1
    better, worse = more * like.better // m, -(-more * like.worse // m)
    labelled = seen.labelled + more
    return Seen(
        n=max(seen.n, labelled),
        disagree=max(seen.disagree, labelled),
        labelled=labelled,
        better=seen.better + better,
        worse=seen.worse + min(worse, more - better),
    )


def documents_to_decide(
    seen: Seen, margin: float, *, level: float, harm_level: float
) -> int:
    """How many more documents, like those so far, prove the margin or the harm.

    harm_level: what one slice of many has to reach. 0 where no number of documents
    would do: the difference is the margin itself.
    """
    n = seen.as_good_as or 1.0

    def enough(more: int) -> bool:
        factor = (n + more) / n
        better, worse = seen.better * factor, seen.worse * factor
        safe = least_difference(better, worse, n + more, level=level) > -margin
        return safe or harm_p(round(better), round(worse)) <= harm_level

    return _smallest(enough, 1, 1_000_000) or 0


def _smallest(enough: Callable[[int], bool], low: int, high: int) -> int | None:
    """The first number that is enough, if a larger one always is as well."""
    if low > high or not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low
