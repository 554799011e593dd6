"""What a gate catches, what it lets pass, and how often it is wrong, by simulation.

    python -m benchmarks.gate [--seeds 100] [--simulations 1000] [--documents 100]

Documents are drawn, not read; they go through the same functions as those of the
database (pipeline.gate.deciding). Twenty templates in three tenants, two types, two
kinds of file and three bands of quality. Everywhere the new version wins so much as it
loses ("noise", 2 %), and in 1 % both are wrong; a template made worse loses so much
more. "answered": every disagreement, or only those of a random sample of so many
documents in a hundred.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass

import django
import numpy as np

# The functions are pure, but their package also has the models' part of the gate.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from pipeline.gate.deciding import Decided, Rules, Verdict, decide  # noqa: E402
from pipeline.gate.evidence import TEMPLATE, Documents  # noqa: E402
from pipeline.stats.canary import e_value, largest_e_value  # noqa: E402

TEMPLATES, BAD = 20, 7
BOTH_WRONG = 0.01
CANARY = 0.05
SAME, BETTER, WORSE, NEITHER = range(4)
RULES = Rules({}, level=0.05)


@dataclass(frozen=True, slots=True)
class World:
    """each: documents a template. harm: what the bad template loses beyond the others.
    sample: share of the documents whose disagreements are answered. noise: what the new
    version wins, and loses, everywhere.
    """

    each: int
    harm: float = 0.0
    sample: float = 1.0
    noise: float = 0.02

    def drawn(self, rng: np.random.Generator) -> tuple[Documents, list[bool]]:
        """The documents, and the canary's answers: whether each speaks for the old."""
        n = TEMPLATES * self.each
        template = np.repeat(np.arange(TEMPLATES), self.each)
        outcomes = np.empty(n, dtype=int)
        for number in range(TEMPLATES):
            won, lost = self.noise, self.noise + (self.harm if number == BAD else 0)
            shares = [1 - won - lost - BOTH_WRONG, won, lost, BOTH_WRONG]
            outcomes[template == number] = rng.choice(4, size=self.each, p=shares)
        order = rng.permutation(n)
        sampled = order < self.sample * n
        labelled = (outcomes != SAME) & sampled
        in_canary = (order < CANARY * n) & np.isin(outcomes, [BETTER, WORSE])
        canary = [bool(outcomes[i] == WORSE) for i in np.flatnonzero(in_canary)]
        rng.shuffle(canary)
        documents = Documents(
            disagrees=outcomes != SAME,
            labelled=labelled,
            better=labelled & (outcomes == BETTER),
            worse=labelled & (outcomes == WORSE),
            sampled=sampled,
            drawn=labelled,
            movable=np.ones(n, dtype=bool),
            slices={
                "template": [f"t{number:02}" for number in template],
                "document_type": [("invoice", "receipt")[t % 2] for t in template],
                "tenant": [f"tenant-{k}" for k in rng.integers(0, 3, n)],
                "modality": [("document", "image")[t % 4 // 2] for t in template],
                "quality": [
                    ("clear", "fair", "poor")[k] for k in rng.integers(0, 3, n)
                ],
            },
        )
        return documents, canary


@dataclass(slots=True)
class Caught:
    """Of so many seeds: the bad template, the nineteen, and what people answered."""

    blocked: int = 0
    held: int = 0
    answers: int = 0
    all_nineteen: int = 0
    nineteen: int = 0
    fewest: int = 19
    moved: float = 0.0

    def add(self, decided: Decided, documents: Documents) -> None:
        templates = [o for o in decided.judged if o.slice.dimension == TEMPLATE]
        bad = templates.pop(BAD)
        self.blocked += bad.verdict == Verdict.BLOCK
        self.held += bad.verdict != Verdict.PASS
        good = sum(one.verdict == Verdict.PASS for one in templates)
        self.nineteen += good
        self.all_nineteen += good == len(templates)
        self.fewest = min(self.fewest, good)
        self.answers += int(documents.labelled.sum())
        moving = sum(one.moving for one in templates)
        self.moved += moving / sum(one.evidence.of.n for one in templates)


def regressions(world: World, seeds: int) -> Caught:
    caught = Caught()
    for seed in range(seeds):
        documents, _ = world.drawn(np.random.default_rng(seed))
        caught.add(decide(documents, RULES), documents)
    return caught


def false_blocks(world: World, simulations: int) -> tuple[int, int, int, int]:
    """Of so many without a true difference: any slice blocked for harm, the canary
    stopped, either of both, and how many were fit to read what comes in.
    """
    searched = stopped = either = fit = 0
    for seed in range(simulations):
        documents, canary = world.drawn(np.random.default_rng(1_000_000 + seed))
        stops = largest_e_value(canary) >= 1 / RULES.level
        decided = decide(documents, RULES)
        harm = any(one.verdict == Verdict.BLOCK for one in decided.judged)
        searched, stopped = searched + harm, stopped + stops
        either += harm or stops
        fit += decided.fit and not stops
    return searched, stopped, either, fit


def canary_stops(looks: int, simulations: int, share: float) -> float:
    """How many canaries of harmful answers at the share are stopped, at every look."""
    rng = np.random.default_rng(11)
    harms = rng.random((simulations, looks)) < share
    counts = np.cumsum(harms, axis=1)
    reached = np.zeros(simulations, dtype=bool)
    for n in range(1, looks + 1):
        known = {k: e_value(k, n) >= 1 / RULES.level for k in set(counts[:, n - 1])}
        reached |= np.array([known[k] for k in counts[:, n - 1]])
    return float(reached.mean())


def main() -> None:
    parser = argparse.ArgumentParser(description="What a gate catches.")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=100, help="a template")
    asked = parser.parse_args()
    began = time.perf_counter()
    print_regressions(asked.documents, asked.seeds)
    print_nulls(asked.documents, asked.simulations)
    print_canary(asked.simulations)
    print(f"{time.perf_counter() - began:.0f} s")


def print_regressions(each: int, seeds: int) -> None:
    print(f"One template of twenty made worse, margin 5 %, {seeds} seeds a row")
    head = "documents  loss  answered  answers | blocked  held | nineteen: mean  fewest"
    print(f"{head}  all  of their documents move")
    rows = [World(each, harm) for harm in (0.05, 0.10, 0.15, 0.20, 0.30)]
    rows += [World(2 * each, harm) for harm in (0.10, 0.15)]
    rows += [World(5 * each, harm, 0.5) for harm in (0.10, 0.20)]
    for world in rows:
        found = regressions(world, seeds)
        answered = "all" if world.sample == 1 else f"{world.sample:.0%}"
        print(
            f"{world.each:9}  {world.harm:4.0%}  {answered:>8}"
            f"  {found.answers / seeds:7.0f} | {found.blocked:7}  {found.held:4}"
            f" | {found.nineteen / seeds:14.2f}  {found.fewest:6}"
            f"  {found.all_nineteen:3}  {found.moved / seeds:24.1%}",
            flush=True,
        )
    print()


def print_nulls(each: int, simulations: int) -> None:
    print(f"No true difference, {simulations} simulations a row: falsely blocked")
    print("documents  noise  answered | any slice  canary  either | fit to activate")
    worlds = (
        World(each),
        World(each, sample=0.5),
        World(each, noise=0.15),
        World(each, sample=0.5, noise=0.15),
    )
    for world in worlds:
        found = false_blocks(world, simulations)
        harm, stops, either, fit = (100 * count / simulations for count in found)
        answered = "all" if world.sample == 1 else f"{world.sample:.0%}"
        print(
            f"{world.each:9}  {world.noise:5.0%}  {answered:>8} | {harm:7.1f} %"
            f"  {stops:4.1f} %  {either:4.1f} % | {fit:13.1f} %",
            flush=True,
        )
    print()


def print_canary(simulations: int) -> None:
    print(f"Canary, looked at after each of 500 answers, {simulations} a row: stopped")
    for share in (0.5, 0.55, 0.6, 0.7, 0.9):
        stopped = canary_stops(500, simulations, share)
        print(f"  {share:.0%} of the answers for the old version: {stopped:.1%}")
    print()


if __name__ == "__main__":
    main()
