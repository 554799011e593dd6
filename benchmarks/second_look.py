"""What second looks leave wrong, and what they cost, by simulation.

    python -m benchmarks.second_look [--fields 200000] [--runs 20] [--json]

Fields are drawn, not read: the machine is right with the probability that its
confidence says. People differ: twelve of them, who miss 30 % of the machine's errors on
average and spoil 0.3 % of right values. Whether a field is looked at twice is decided
by the product's own rule (reviewer.expected_loss.look_at); what it believes of people
is their average, as seeded checks would measure it. Where two differ a third person
decides, who takes the wrong side now and then.

"worlds" are what reviewers are asked about. mixed: most fields of a doubtful document
are sure and some are not, as when a whole document is checked. doubtful: all fields are
about equally doubtful; there a rule has little to choose from. hard: as mixed, but a
third of the errors is missed by everybody twice as often, and the rule does not know.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from reviewer.expected_loss import Costs, People, look_at

PEOPLE = 12
MISSES, SLIPS = 0.3, 0.003
THIRD_WRONG = 0.1  # of fields in which two differ and one is right
LOOK, THIRD_LOOK = 4.0, 7.0  # seconds, on average
LOOK_COST = 1.0
LOSSES = (20, 30, 50, 100, 300)  # by a wrong value, in looks
WORLDS = ("mixed", "doubtful", "hard")
# Answers: right, the machine's wrong value, or a wrong one of the person's own.
RIGHT, MACHINES, OWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Team:
    misses: np.ndarray
    slips: np.ndarray

    @classmethod
    def drawn(cls, dice: np.random.Generator) -> Team:
        """Missing 30 % with a standard deviation of 9 points between people."""
        misses = dice.beta(7.5, 17.5, PEOPLE)
        slips = dice.gamma(2.0, SLIPS / 2, PEOPLE)
        return cls(misses * MISSES / misses.mean(), slips * SLIPS / slips.mean())


@dataclass(frozen=True, slots=True)
class Fields:
    """hard: how many times as often an error is missed."""

    confidence: np.ndarray
    wrong: np.ndarray
    hard: np.ndarray


@dataclass(frozen=True, slots=True)
class Outcome:
    """residual: share of values that are wrong at the end; seconds: a field; twice,
    third: shares of fields that were looked at so often."""

    residual: float
    seconds: float
    twice: float = 0.0
    third: float = 0.0


def fields_of(world: str, n: int, dice: np.random.Generator) -> Fields:
    if world == "doubtful":
        confidence = dice.beta(30, 7, n)
    else:
        sure = dice.random(n) < 0.8
        confidence = np.where(sure, dice.beta(80, 1, n), dice.beta(5, 4, n))
    wrong = dice.random(n) > confidence
    hard = np.ones(n)
    if world == "hard":
        hard = np.where(dice.random(n) < 1 / 3, 2.0, 1.0)
    return Fields(confidence, wrong, hard)


def read(
    fields: Fields, who: np.ndarray, team: Team, dice: np.random.Generator
) -> np.ndarray:
    """What each person answers alone; a slip is a value of the person's own."""
    n = len(who)
    missed = dice.random(n) < np.minimum(team.misses[who] * fields.hard, 0.95)
    slipped = dice.random(n) < team.slips[who]
    found = np.where(slipped, OWN, RIGHT)
    answers: np.ndarray = np.where(fields.wrong & missed, MACHINES, found)
    return answers


def simulate(
    fields: Fields, team: Team, twice: Any, dice: np.random.Generator
) -> Outcome:
    """twice: given whether each answer confirms the machine, which fields get a second
    look."""
    n = len(fields.wrong)
    order = np.argsort(dice.random((n, PEOPLE)), axis=1)[:, :3]
    first = read(fields, order[:, 0], team, dice)
    looked = twice(_confirms(fields, first))
    second = read(fields, order[:, 1], team, dice)
    # Two values of their own are two values.
    apart = looked & ((first != second) | (first == OWN))
    third = _decided(fields, first, second, order[:, 2], team, dice)
    final = np.where(apart, third, np.where(looked, second, first))
    seconds = LOOK * (1 + looked.mean()) + THIRD_LOOK * apart.mean()
    return Outcome(
        float((final != RIGHT).mean()),
        float(seconds),
        float(looked.mean()),
        float(apart.mean()),
    )


def _confirms(fields: Fields, answers: np.ndarray) -> np.ndarray:
    confirms: np.ndarray = np.where(fields.wrong, answers == MACHINES, answers == RIGHT)
    return confirms


def _decided(
    fields: Fields,
    first: np.ndarray,
    second: np.ndarray,
    who: np.ndarray,
    team: Team,
    dice: np.random.Generator,
) -> np.ndarray:
    """By a third person, who sees both."""
    one_right = (first == RIGHT) | (second == RIGHT)
    mistaken = np.where(one_right, THIRD_WRONG, team.misses[who])
    answers: np.ndarray = np.where(dice.random(len(who)) < mistaken, MACHINES, RIGHT)
    return answers


def routed(fields: Fields, loss: float) -> Any:
    """By the product's rule, looked up at a thousand confidences."""
    people = People(misses=MISSES, slips=SLIPS)
    costs = Costs(loss, LOOK_COST)
    table = {
        confirmed: np.array(
            [
                look_at(
                    confidence=step / 1000,
                    confirmed=confirmed,
                    people=people,
                    costs=costs,
                ).pays
                for step in range(1001)
            ]
        )
        for confirmed in (True, False)
    }
    steps = np.rint(fields.confidence * 1000).astype(int)

    def twice(confirms: np.ndarray) -> np.ndarray:
        looked: np.ndarray = np.where(confirms, table[True][steps], table[False][steps])
        return looked

    return twice


def run(world: str, n: int, seed: int) -> dict[str, Outcome]:
    dice = np.random.default_rng(seed)
    team, fields = Team.drawn(dice), fields_of(world, n, dice)
    nothing, all_ = np.zeros(n, bool), np.ones(n, bool)
    ways: dict[str, Any] = {
        "single": lambda _: nothing,
        "double everywhere": lambda _: all_,
        **{f"routed, loss {loss} looks": routed(fields, loss) for loss in LOSSES},
    }
    return {name: simulate(fields, team, way, dice) for name, way in ways.items()}


def table(world: str, n: int, runs: int) -> list[dict[str, Any]]:
    every = [run(world, n, seed) for seed in range(runs)]
    single = [one["single"] for one in every]
    rows = []
    for name in every[0]:
        outcomes = [one[name] for one in every]
        pairs = list(zip(outcomes, single, strict=True))
        rows.append(
            {
                "world": world,
                "way": name,
                "residual": float(np.mean([o.residual for o in outcomes])),
                "of_single": float(
                    np.mean([o.residual / s.residual for o, s in pairs])
                ),
                "time": float(np.mean([o.seconds / s.seconds for o, s in pairs])),
                "twice": float(np.mean([o.twice for o in outcomes])),
                "third": float(np.mean([o.third for o in outcomes])),
            }
        )
    return rows


def keeps_promise(rows: list[dict[str, Any]]) -> bool:
    """At most half of single review's errors at no more than 1.25 of its time."""
    return any(
        row["way"].startswith("routed")
        and row["of_single"] <= 0.5
        and row["time"] <= 1.25
        for row in rows
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = {world: table(world, given.fields, given.runs) for world in WORLDS}
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for rows in found.values():
            _show(rows)
    return 0 if keeps_promise(found["mixed"]) else 1


def _show(rows: list[dict[str, Any]]) -> None:
    print(f"\n{rows[0]['world']:24} still wrong  of single    time   twice   third")
    for row in rows:
        print(
            f"{row['way']:24} {row['residual']:10.3%} {row['of_single']:10.2f}"
            f" {row['time']:8.2f}x {row['twice']:6.1%} {row['third']:6.1%}"
        )


if __name__ == "__main__":
    sys.exit(main())
