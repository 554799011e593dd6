"""Verdicts from counts: which documents may move, and may the version read new ones.

These are two questions. *May these documents move?* is about documents that all are
there: what people decided is a fact, only what they did not decide is inferred. *May
the version read what comes in?* is about documents that nobody has seen, so that
everything is a sample. No database here: the benchmarks ask the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np

from pipeline.gate.evidence import (
    TEMPLATE,
    WHOLE,
    Documents,
    Evidence,
    Flags,
    SliceOf,
    count,
    one_slice,
    slices_of,
)
from pipeline.stats.disagreements import (
    Seen,
    answers_needed,
    documents_needed,
    documents_to_decide,
    least_of_these,
    least_of_what_comes,
)
from pipeline.stats.paired import harm_p, holm

DEFAULT_MARGIN = 0.05
# Looser rules let next to nothing activate a version: at half of the documents and a
# coin's certainty a handful of them would do. Who wants that has to write down why.
MOST_MARGIN = MOST_LEVEL = 0.1


class Verdict(StrEnum):
    """Spelled as GateSlice.Verdict."""

    PASS = "pass"  # noqa: S105 - no password
    BLOCK = "block"
    INSUFFICIENT = "insufficient"


class Why(StrEnum):
    NOTHING_DIFFERS = "nothing_differs"
    DECIDED = "decided"  # every disagreement, and the loss is within the margin
    PROVEN = "proven"
    HARM = "harm"
    CANARY = "canary"
    LOST = "lost_beyond_margin"  # of these documents; of the version it proves nothing
    ANSWER = "answer_more"
    COMPARE = "compare_more"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a slice. lower, upper: of what comes in, each missed at most `level` of the
    time. at_least: the least difference of exactly the documents compared.
    """

    difference: float | None
    lower: float
    upper: float
    at_least: float
    p_harm: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A slice with its verdict. moving: how many of its documents may move; holds: it
    keeps the others of them back. p_adjusted: p_harm after Holm, over all slices.
    """

    slice: SliceOf
    evidence: Evidence
    margin: float
    figures: Figures
    p_adjusted: float
    verdict: Verdict
    why: Why
    needed: int
    moving: int = 0
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """moves: one flag a document. fit: the version may read what comes in."""

    judged: Sequence[Judged]
    moves: Flags
    fit: bool
    fit_lower: float

    @property
    def whole(self) -> Judged:
        return self.judged[0]


@dataclass(frozen=True, slots=True)
class Rules:
    """margins: {dimension, or dimension:key for one slice: share that may get worse}.
    level: how often it may err.
    """

    margins: Mapping[str, float]
    level: float = 0.05

    def margin(self, dimension: str, key: str = "") -> float:
        """The slice's own, its dimension's, that of the whole, or the default."""
        default = self.margins.get(WHOLE, DEFAULT_MARGIN)
        of_dimension = self.margins.get(dimension, default)
        return self.margins.get(one_slice(dimension, key), of_dimension)

    def are_loose(self, whole_margin: float) -> bool:
        """Too loose to let a version read what comes in."""
        return whole_margin > MOST_MARGIN or self.level > MOST_LEVEL


def decide(
    documents: Documents, rules: Rules, *, canary_stops: bool = False, failed: int = 0
) -> Decided:
    """Judge every slice, then say which documents may move and if the version may read.

    canary_stops: the e-value of the canary has reached 1 / level. failed: documents
    that the new version could not read; of what comes in they count as worse.
    """
    found = slices_of(documents)
    evidence = [count(documents, one.members) for one in found]
    adjusted, questions = _adjusted(found, evidence, rules.level)
    judged = [
        _judge(one, seen, rules, p, questions)
        for one, seen, p in zip(found, evidence, adjusted, strict=True)
    ]
    if canary_stops:
        judged[0] = _replaced(judged[0], verdict=Verdict.BLOCK, why=Why.CANARY)
    moves, held = _moving(documents, judged, rules)
    # What is known to get worse stays, whatever its slices are allowed to lose.
    moves &= ~documents.worse
    judged = [
        _replaced(
            one,
            moving=int(np.count_nonzero(moves[one.slice.members])),
            holds=place in held,
        )
        for place, one in enumerate(judged)
    ]
    lower = _lower_with_failures(judged[0].evidence.sample, failed, rules.level)
    blocked = any(one.verdict == Verdict.BLOCK for one in judged)
    margin = judged[0].margin
    fit = not blocked and lower > -margin and not rules.are_loose(margin)
    return Decided(judged, moves, fit, lower)


def _replaced(one: Judged, **changes: object) -> Judged:
    return replace(one, **changes)  # type: ignore[arg-type]  # names of its own fields


def _adjusted(
    found: Sequence[SliceOf], evidence: Sequence[Evidence], level: float
) -> tuple[list[float], int]:
    """Holm over the search for harm, and how many questions it had.

    Slices of the same documents are one question.
    """
    asked: dict[bytes, Seen] = {}
    names = [one.members.tobytes() for one in found]
    for name, seen in zip(names, evidence, strict=True):
        asked[name] = seen.of
    answers, questions = adjusted_harm(list(asked.values()), level)
    by_name = dict(zip(asked, answers, strict=True))
    return [by_name[name] for name in names], questions


def adjusted_harm(asked: Sequence[Seen], level: float) -> tuple[list[float], int]:
    """One-sided p of harm after Holm, and how many of them could speak at all.

    Of so few documents by which only one version is right that even all of them for the
    old one would not reach the level, nothing can be concluded, so asking them costs
    nothing: how many there are says nothing of which version is right (Tarone 1990,
    Biometrics 46:515).
    """
    speaks = [harm_p(0, seen.better + seen.worse) <= level for seen in asked]
    p_values = [
        harm_p(seen.better, seen.worse)
        for seen, heard in zip(asked, speaks, strict=True)
        if heard
    ]
    adjusted = iter(holm(p_values))
    return [next(adjusted) if heard else 1.0 for heard in speaks], len(p_values)


@lru_cache(maxsize=65536)
def figures_of(evidence: Evidence, level: float) -> Figures:
    sample = evidence.sample
    turned = Seen(
        sample.n, sample.disagree, sample.labelled, sample.worse, sample.better
    )
    return Figures(
        difference=evidence.of.difference
        if not evidence.of.undecided
        else sample.difference,
        lower=least_of_what_comes(sample, level=level),
        upper=-least_of_what_comes(turned, level=level),
        at_least=least_of_these(evidence.of, evidence.drawn, level=level),
        p_harm=harm_p(evidence.of.better, evidence.of.worse),
    )


def _judge(
    one: SliceOf, evidence: Evidence, rules: Rules, p: float, questions: int
) -> Judged:
    margin = rules.margin(one.dimension, one.key)
    figures = figures_of(evidence, rules.level)
    verdict, why = verdict_of(evidence, figures, p, margin=margin, level=rules.level)
    harm_level = rules.level / max(1, questions)
    needed = _needed(evidence, why, margin, rules.level, harm_level)
    return Judged(one, evidence, margin, figures, p, verdict, why, needed)


def verdict_of(
    evidence: Evidence, figures: Figures, p: float, *, margin: float, level: float
) -> tuple[Verdict, Why]:
    """p: of harm, after Holm. A loss within the margin passes, however sure it is."""
    of = evidence.of
    if not of.n:
        return Verdict.INSUFFICIENT, Why.COMPARE
    if figures.at_least >= -margin:
        if not of.disagree:
            return Verdict.PASS, Why.NOTHING_DIFFERS
        return Verdict.PASS, Why.PROVEN if of.undecided else Why.DECIDED
    if p <= level:
        return Verdict.BLOCK, Why.HARM
    return Verdict.INSUFFICIENT, Why.ANSWER if of.undecided else Why.LOST


def _needed(
    evidence: Evidence, why: Why, margin: float, level: float, harm_level: float
) -> int:
    """More answers for ANSWER, more documents for COMPARE and LOST."""
    if why == Why.ANSWER:
        return answers_needed(evidence.of, evidence.drawn, margin, level=level)
    if why == Why.COMPARE:
        return documents_needed(margin, level=level)
    if why == Why.LOST:
        return documents_to_decide(
            evidence.of, margin, level=level, harm_level=harm_level
        )
    return 0


def _moving(
    documents: Documents, judged: Sequence[Judged], rules: Rules
) -> tuple[Flags, set[int]]:
    """One flag a document, and the places of the slices that hold theirs back.

    Templates are the finest parts and are decided first. Then every broader slice is
    judged over what would still move: the smallest first, and of those that fail the
    worst alone, since without its documents the others may well stand.
    """
    moves = documents.movable.copy()
    held = set()
    for place, one in enumerate(judged):
        if one.slice.dimension == TEMPLATE and one.verdict != Verdict.PASS:
            held.add(place)
            moves[one.slice.members] = False
    broader = [p for p, one in enumerate(judged) if one.slice.dimension != TEMPLATE]
    ranks = {p: _rank(judged[p].slice) for p in broader}
    again = True
    while again:
        again = False
        for rank in (0, 1, 2):
            level = [p for p in broader if ranks[p] == rank and p not in held]
            while (worst := _worst(documents, judged, level, moves, rules)) is not None:
                held.add(worst)
                level.remove(worst)
                moves[judged[worst].slice.members] = False
                again = True
    return moves, held


def _rank(one: SliceOf) -> int:
    if one.is_crossed:
        return 0
    return 2 if one.dimension == WHOLE else 1


def _worst(
    documents: Documents,
    judged: Sequence[Judged],
    places: Sequence[int],
    moves: Flags,
    rules: Rules,
) -> int | None:
    """Of the slices that fail over what would still move, that of the least bound."""
    over: dict[int, Evidence] = {}
    for place in places:
        members = judged[place].slice.members
        moving = members[moves[members]]
        if len(moving):
            over[place] = count(documents, moving)
    p_values, _ = adjusted_harm([seen.of for seen in over.values()], rules.level)
    failing = []
    for (place, seen), p in zip(over.items(), p_values, strict=True):
        figures = figures_of(seen, rules.level)
        margin = judged[place].margin
        verdict, _ = verdict_of(seen, figures, p, margin=margin, level=rules.level)
        # A slice of two dimensions is looked at for harm; it need not prove its own.
        may = {Verdict.PASS}
        if judged[place].slice.is_crossed:
            may.add(Verdict.INSUFFICIENT)
        if verdict not in may:
            failing.append((figures.at_least, place))
    return min(failing)[1] if failing else None


def _lower_with_failures(sample: Seen, failed: int, level: float) -> float:
    if not failed:
        return least_of_what_comes(sample, level=level)
    counted = Seen(
        n=sample.n + failed,
        disagree=sample.disagree + failed,
        labelled=sample.labelled + failed,
        better=sample.better,
        worse=sample.worse + failed,
    )
    return least_of_what_comes(counted, level=level)
