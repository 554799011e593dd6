"""Whether planted errors can be told from real doubts, and what their rates are worth.

    python -m benchmarks.seeds fill
    python -m benchmarks.seeds looks [--plant 20] [--tenant SLUG]
    python -m benchmarks.seeds coverage [--runs 1000]

fill: reads the text lines of receipts/labels.jsonl in the folder that PALIMPSEST_DATA
names, 609 real receipts, by the last steps of the pipeline into a tenant "labels" of
the database at hand, with a review task for each that is doubtful, nothing planted, and
the truth of every second one filed, from which confusions are learned. It stays there:
set PALIMPSEST_HOME to a scratch folder with the demo in it.

looks: plants in every case with doubtful values of the database at hand (the demo's,
after `manage.py load_demo`), so many times with other dice, and lets a classifier guess
from what a reviewer sees, field, reason, place in the order, confidence, further
readings and the shape of the value, which question is which; judged on cases that it
was not taught with. Nothing is written.

coverage: teams whose true miss rates are known answer planted errors; how often the
interval shown holds the truth. Beside it the exact interval, which is not shown.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import django
import numpy as np
from scipy.optimize import minimize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings
from django.db import connection

from benchmarks.seed_cases import Seen, fill, questions
from config import postgres
from pipeline.stats.proportions import clopper_pearson
from reviewer.checks import Rate
from reviewer.models import PlantedError

FOLDS = 5
RIDGE = 1.0
SIZES = (30, 60, 120, 300, 1000)


def columns(rows: Sequence[Seen]) -> np.ndarray:
    words = sorted({word for row in rows for word in row.words})
    numbers = np.array([row.numbers for row in rows])
    numbers = (numbers - numbers.mean(0)) / np.maximum(numbers.std(0), 1e-9)
    flags = np.array([[float(word in row.words) for word in words] for row in rows])
    return np.hstack([np.ones((len(rows), 1)), numbers, flags])


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a ridge regression; both classes count alike."""
    weight = np.where(y, 0.5 / max(y.sum(), 1), 0.5 / max((~y).sum(), 1)) * len(y)
    sign = np.where(y, 1.0, -1.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ w)
        slope = -sign * weight / (1 + np.exp(np.clip(margin, -50, 50)))
        penalty = RIDGE * np.append(0.0, w[1:])
        value = float((weight * np.logaddexp(0, -margin)).sum() + penalty @ w / 2)
        return value, x.T @ slope + penalty

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True).x)


def auc(scores: np.ndarray, y: np.ndarray) -> float:
    """How often a planted one has the higher score; ties count half."""
    planted, real = np.sort(scores[y]), scores[~y]
    below = np.searchsorted(planted, real, side="left")
    upto = np.searchsorted(planted, real, side="right")
    above = len(planted) - upto + (upto - below) / 2
    return float(above.sum() / (len(planted) * len(real)))


def guessed(rows: Sequence[Seen], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Each question's score by a classifier that never saw its case."""
    fold = np.array([row.case % FOLDS for row in rows])
    scores = np.zeros(len(rows))
    for one in range(FOLDS):
        test = fold == one
        if test.any() and y[~test].any():
            scores[test] = x[test] @ logistic(x[~test], y[~test])
    # Scores of different folds are on different scales.
    for one in range(FOLDS):
        test = fold == one
        if test.any():
            scores[test] = scores[test].argsort().argsort() / test.sum()
    return scores


def looks(times: int, slug: str | None) -> None:
    cases = questions(times, slug)
    filed = PlantedError.objects.count()
    rows = cases.rows
    y = np.array([row.planted for row in rows])
    x = columns(rows)
    print(f"cases with doubts about single values: {cases.all}")
    print(f"planted in the database at hand: {filed}")
    print(f"real questions: {(~y).sum()}; planted: {y.sum()} in {cases.tries} tries")
    print(f"tries expected to plant: {cases.free / max(cases.all, 1):.0%}")
    if not y.any():
        return
    numbers = ["place", "confidence", "readings", "has place", "length"]
    numbers += ["digits", "capitals", "printed otherwise"]
    print(f"AUC, all together, on other cases: {auc(guessed(rows, x, y), y):.3f}")
    print(f"AUC, taught with the very same cases: {auc(x @ logistic(x, y), y):.3f}")
    for field in sorted({row.words[0] for row in rows}):
        of_field = np.array([row.words[0] == field for row in rows])
        both = y[of_field]
        if both.any() and not both.all():
            part = auc(guessed(rows, x, y)[of_field], both)
            print(f"  {field}: {len(both)} questions, {part:.3f}")
    for place, name in enumerate(numbers, start=1):
        one = auc(x[:, place], y)
        print(f"  {name} alone: {max(one, 1 - one):.3f}")
    for kind in ("field", "reason", "status"):
        one = auc(_by_word(rows, y, kind), y)
        print(f"  {kind} alone, taught with the very same cases: {one:.3f}")


def _by_word(rows: Sequence[Seen], y: np.ndarray, kind: str) -> np.ndarray:
    """The share of planted ones among those with the same word."""
    words = [next(w for w in row.words if w.startswith(kind)) for row in rows]
    of_word: dict[str, list[bool]] = {word: [] for word in words}
    for word, planted in zip(words, y, strict=True):
        of_word[word].append(bool(planted))
    return np.array([np.mean(of_word[word]) for word in words])


@dataclass(frozen=True, slots=True)
class Team:
    """missed: the true share by person and field; load: who answers how much of what;
    days: how much everybody's odds vary from day to day (standard deviation).
    """

    missed: np.ndarray
    load: np.ndarray
    days: float = 0.0

    @property
    def truth(self) -> float:
        if not self.days:
            return float((self.missed * self.load).sum())
        # The mean over days, by a fixed large sample.
        rng = np.random.default_rng(0)
        drift = rng.normal(0, self.days, 20_000)
        odds = np.log(self.missed / (1 - self.missed))[..., None] + drift
        return float(((1 / (1 + np.exp(-odds))).mean(-1) * self.load).sum())

    def answers(self, rng: np.random.Generator, size: int) -> Rate:
        """About so many planted errors; how many is left to chance as well."""
        n = max(int(rng.poisson(size)), 1)
        drawn = rng.choice(self.load.size, n, p=self.load.ravel())
        rates = self.missed.ravel()[drawn]
        if self.days:
            # Two answers of a day share its mood.
            mood = np.repeat(rng.normal(0, self.days, n // 2 + 1), 2)[:n]
            rates = 1 / (1 + np.exp(-(np.log(rates / (1 - rates)) + mood)))
        return Rate(int((rng.random(n) < rates).sum()), n)


def teams(rng: np.random.Generator) -> Iterable[tuple[str, Callable[[], Team]]]:
    """Eight people, five fields; a new team every run where they differ."""
    shape = (8, 5)
    even = np.full(shape, 1 / 40)

    def loads() -> np.ndarray:
        people, fields = rng.dirichlet(np.full(8, 2.0)), rng.dirichlet(np.full(5, 2.0))
        return np.outer(people, fields)

    for rate in (0.03, 0.08, 0.2):
        yield f"everybody misses {rate:.0%}", partial(Team, np.full(shape, rate), even)
    yield (
        "people differ (2 to 30 %)",
        lambda: Team(rng.uniform(0.02, 0.3, (8, 1)) * np.ones(shape), loads()),
    )
    yield (
        "fields differ (1 to 25 %)",
        lambda: Team(rng.uniform(0.01, 0.25, (1, 5)) * np.ones(shape), loads()),
    )
    yield (
        "people and fields differ",
        lambda: Team(np.clip(rng.beta(1, 9, shape), 0.002, 0.9), loads()),
    )
    yield (
        "all that, and days differ",
        lambda: Team(np.clip(rng.beta(1, 9, shape), 0.002, 0.9), loads(), days=0.5),
    )


def coverage(runs: int) -> None:
    rng = np.random.default_rng(20261126)
    print(f"share of {runs} runs in which the 95 % interval holds the truth:")
    print("shown (Wilson) / exact (Clopper and Pearson), by answers a run")
    print(f"{'':28}", *(f"{size:>13}" for size in SIZES))
    for name, make in teams(rng):
        cells = []
        for size in SIZES:
            held = exact = 0
            for _ in range(runs):
                team = make()
                truth, rate = team.truth, team.answers(rng, size)
                held += rate.low <= truth <= rate.high
                other = clopper_pearson(rate.missed, rate.answered)
                exact += other.lower <= truth <= other.upper
            cells.append(f"{held / runs:.3f}/{exact / runs:.3f}")
        print(f"{name:28}", *(f"{cell:>13}" for cell in cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("fill")
    looking = verbs.add_parser("looks")
    looking.add_argument("--plant", type=int, default=20)
    looking.add_argument("--tenant", metavar="SLUG", help="cases of this one only")
    verbs.add_parser("coverage").add_argument("--runs", type=int, default=1000)
    asked = parser.parse_args()
    if asked.verb == "coverage":
        coverage(asked.runs)
        return
    postgres.ensure_running(settings.HOME)
    try:
        if asked.verb == "fill":
            fill()
        else:
            looks(asked.plant, asked.tenant)
        connection.close()
    finally:
        postgres.release(settings.HOME)


if __name__ == "__main__":
    main()
