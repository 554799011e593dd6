"""Figures over many documents. Pure: scored documents in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from pipeline.evaluation.scores import Scored, Tally
from pipeline.stats.proportions import upper_bound, wilson

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Document:
    """A golden case as a version read it.

    disposition: what the version decided, whether or not a proof was missing. surety:
    the least confidence of its critical fields, 0..1, 0 without any. ms and micro_usd:
    as measured when it was read, None where that is not on record any more.
    """

    scored: Scored
    disposition: str
    slices: Mapping[str, str] = field(default_factory=dict)
    ms: int | None = None
    micro_usd: int | None = None
    surety: float = 0.0

    @property
    def accepted(self) -> bool:
        return self.disposition == "auto_accept"


def figures(documents: Sequence[Document]) -> dict[str, Any]:
    """All figures of some documents, as JSON; null where there is nothing to count."""
    by_field = field_tallies(documents)
    lines = [d.scored.lines for d in documents if d.scored.lines is not None]
    texts = [score for d in documents for score in d.scored.anls]
    known = [d for d in documents if d.scored.all_right is not None]
    f1s = [t.f1 for t in by_field.values() if t.f1 is not None]
    return {
        "documents": len(documents),
        "fields": tally_json(sum(by_field.values(), Tally())),
        "macro_f1": _mean(f1s),
        "by_field": {name: tally_json(t) for name, t in sorted(by_field.items())},
        "unknown_values": sum(d.scored.unknown for d in documents),
        "anls": {"texts": len(texts), "mean": _mean(texts)},
        "lines": {"documents": len(lines), **tally_json(sum(lines, Tally()))},
        "known_lines": tally_json(
            sum((d.scored.known_lines for d in documents), Tally())
        ),
        "grounding": grounding_json(documents),
        "all_critical_right": share_json(
            sum(d.scored.all_right is True for d in known), len(known)
        ),
        "review_rate": share_json(
            sum(d.disposition == "human_review" for d in documents), len(documents)
        ),
        "accepted": risk_json(documents),
        "ms": spread([d.ms for d in documents]),
        "micro_usd": spread([d.micro_usd for d in documents]),
    }


def field_tallies(documents: Iterable[Document]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for document in documents:
        for name, tally in document.scored.fields.items():
            found[name] = found.get(name, Tally()) + tally
    return found


def tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "right": tally.right,
        "wrong": tally.wrong,
        "missed": tally.missed,
        "null_correct": tally.absent,
        "precision": _short(tally.precision),
        "recall": _short(tally.recall),
        "f1": _short(tally.f1),
    }


def grounding_json(documents: Sequence[Document]) -> dict[str, Any]:
    boxes = sum(d.scored.boxes for d in documents)
    hold = sum(d.scored.boxes_hold for d in documents)
    return {"boxes": boxes, "hold": hold, "share": _of(hold, boxes)}


def share_json(count: int, of: int) -> dict[str, Any]:
    """A share with Wilson's interval."""
    interval = wilson(count, of, LEVEL)
    return {
        "count": count,
        "of": of,
        "share": _of(count, of),
        "lower": _short(interval.lower),
        "upper": _short(interval.upper),
    }


def risk_json(documents: Sequence[Document]) -> dict[str, Any]:
    """What would be accepted unseen: how much it is, and how much of it is wrong.

    upper: the exact bound that the share of wrong ones is below with 95 % confidence.
    """
    accepted = [d for d in documents if d.accepted]
    known = [d for d in accepted if d.scored.all_right is not None]
    wrong = sum(d.scored.all_right is False for d in known)
    return {
        "count": len(accepted),
        "coverage": _of(len(accepted), len(documents)),
        "known": len(known),
        "wrong": wrong,
        "risk": _of(wrong, len(known)),
        "upper": _short(upper_bound(wrong, len(known), LEVEL)),
    }


def spread(values: Iterable[int | None]) -> dict[str, Any]:
    """Sum, median and 95th percentile (nearest rank) of what was measured."""
    known = sorted(value for value in values if value is not None)
    return {
        "measured": len(known),
        "sum": sum(known),
        "median": _rank(known, 0.5),
        "p95": _rank(known, 0.95),
    }


def by_slice(documents: Iterable[Document], dimension: str) -> dict[str, Any]:
    """Figures for each value of a dimension, by its name."""
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(document.slices.get(dimension, ""), []).append(document)
    return {key: figures(groups[key]) for key in sorted(groups)}


def paired(
    ours: Mapping[Any, Document], theirs: Mapping[Any, Document]
) -> dict[str, int]:
    """Documents that both read, by who has all critical fields right."""

    def count(mine: bool | None, other: bool | None) -> int:  # noqa: FBT001 - a table
        return sum(
            ours[key].scored.all_right is mine and theirs[key].scored.all_right is other
            for key in ours.keys() & theirs.keys()
        )

    return {
        "documents": len(ours.keys() & theirs.keys()),
        "both_right": count(True, True),
        "only_this_right": count(True, False),
        "only_other_right": count(False, True),
        "both_wrong": count(False, False),
    }


def _rank(ordered: Sequence[int], share: float) -> int | None:
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None


def _of(count: int, of: int) -> float | None:
    return round(count / of, 4) if of else None


def _short(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
