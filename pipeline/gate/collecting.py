"""From rows to arrays: what a reprocess compared, and what people say of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import F, Max, OuterRef, Subquery

from catalog.models import Comparison, Generation, GoldenValue, State
from pipeline.comparing import Judgement, judgements
from pipeline.gate.evidence import DIMENSIONS, Documents, SliceKey, slice_keys
from pipeline.models import Reprocess, ReprocessItem, Stage

ItemState = ReprocessItem.State
UNKNOWN = Judgement(None, None)
COLUMNS = (
    "pk", "source_id", "stage", "position", "state", "slices", "finished_at",
    "comparison_id", "comparison__disagrees", "comparison__verdict",
    "old_generation__state", "new_generation__state", "new_generation__complete",
    "source__tenant__slug", "source__modality",
)  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Collected:
    """items: ids, one a document. populations: of every slice, compared or not.

    canary: of its answers by which only one version is right, in their order, whether
    it is the old one. states: {state of items: how many}.
    """

    documents: Documents
    items: Sequence[uuid.UUID]
    populations: Mapping[SliceKey, int]
    canary: Sequence[bool]
    states: Mapping[str, int]


def collect(reprocess: Reprocess) -> Collected:
    """In a dozen queries, however many items there are."""
    rows = _rows(reprocess)
    done = [row for row in rows if _compared(row)]
    known = judged([row for row in done if _disagrees(row)])
    answered = _answered(row["source_id"] for row in done if row["pk"] in known)
    documents = _documents(done, known, answered, _first_of_the_rest(rows))
    return Collected(
        documents=documents,
        items=[row["pk"] for row in done],
        populations=_populations(reprocess, rows),
        canary=_canary(done, known, answered),
        states=Counter(str(row["state"]) for row in rows),
    )


def _rows(reprocess: Reprocess) -> list[Row]:
    """Without sources that were erased: of them nothing can be known any more."""
    items = ReprocessItem.objects.filter(reprocess=reprocess)
    kept = items.filter(source__erased_at__isnull=True).order_by("position", "pk")
    return list(kept.values(*COLUMNS))


def _compared(row: Row) -> bool:
    return row["state"] == ItemState.DONE and row["comparison_id"] is not None


def _disagrees(row: Row) -> bool:
    """Compared by hashes it is not known: then they do, unless all is the same."""
    if row["comparison__disagrees"] is None:
        return bool(row["comparison__verdict"] != Comparison.Verdict.IDENTICAL)
    return bool(row["comparison__disagrees"])


def judged(disagreeing: Iterable[Mapping[str, Any]]) -> dict[uuid.UUID, Judgement]:
    """By item, where people know of both versions whether they are right."""
    by_comparison = {row["comparison_id"]: row["pk"] for row in disagreeing}
    found = judgements(Comparison.objects.filter(pk__in=by_comparison))
    return {
        by_comparison[pk]: one
        for pk, one in found.items()
        if one.old_right is not None and one.new_right is not None
    }


def _answered(source_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When people last said something of a source."""
    values = GoldenValue.objects.filter(
        case__source__in=list(source_ids), case__retired_at__isnull=True
    )
    times = values.order_by().values_list("case__source").annotate(at=Max("created_at"))
    return dict(times)


def _first_of_the_rest(rows: Sequence[Row]) -> int | None:
    """Where the random order leaves canary and sample; None: nowhere.

    A canary also holds the documents of golden cases, wherever they stand. Those before
    this position are drawn at random, golden cases or not.
    """
    rest = [row["position"] for row in rows if row["stage"] == Stage.ALL]
    return min(rest, default=None)


def _documents(
    done: Sequence[Row],
    known: Mapping[uuid.UUID, Judgement],
    answered: Mapping[uuid.UUID, datetime],
    rest: int | None,
) -> Documents:
    judgement = [known.get(row["pk"], UNKNOWN) for row in done]
    labelled = np.array([one is not UNKNOWN for one in judgement], dtype=bool)
    old = np.array([one.old_right is True for one in judgement], dtype=bool)
    new = np.array([one.new_right is True for one in judgement], dtype=bool)
    sampled = [rest is None or row["position"] < rest for row in done]
    since = [
        (at := answered.get(row["source_id"])) is not None and at > row["finished_at"]
        for row in done
    ]
    drawn_at_random = np.array(sampled, dtype=bool)
    return Documents(
        disagrees=np.array([_disagrees(row) for row in done], dtype=bool),
        labelled=labelled,
        better=new & ~old,
        worse=old & ~new,
        sampled=drawn_at_random,
        drawn=labelled & drawn_at_random & np.array(since, dtype=bool),
        movable=np.array([_movable(row) for row in done], dtype=bool),
        slices={
            name: [str(row["slices"].get(name, "")) for row in done]
            for name in DIMENSIONS
        },
    )


def _movable(row: Row) -> bool:
    return (
        row["new_generation__state"] == State.CANDIDATE
        and bool(row["new_generation__complete"])
        and row["old_generation__state"] == State.CURRENT
    )


def _canary(
    done: Sequence[Row],
    known: Mapping[uuid.UUID, Judgement],
    answered: Mapping[uuid.UUID, datetime],
) -> list[bool]:
    pairs = []
    for row in done:
        one = known.get(row["pk"])
        if row["stage"] != Stage.CANARY or one is None:
            continue
        if one.old_right != one.new_right:
            # What was known before counts from when both versions were compared.
            said = answered.get(row["source_id"], row["finished_at"])
            order = (max(said, row["finished_at"]), row["position"], str(row["pk"]))
            pairs.append((order, bool(one.old_right)))
    return [harm for _, harm in sorted(pairs)]


def _populations(reprocess: Reprocess, rows: Sequence[Row]) -> Mapping[SliceKey, int]:
    """Documents of each slice in the reprocess, without those that were skipped.

    The quality of a document that was not compared yet is not known, and not counted.
    """
    templates = _current_readings(reprocess, rows)
    counts: Counter[SliceKey] = Counter()
    for row in rows:
        if row["state"] == ItemState.SKIPPED:
            continue
        keys = row["slices"] or {
            "tenant": row["source__tenant__slug"],
            "modality": row["source__modality"],
            **templates.get(row["pk"], {}),
        }
        counts.update(slice_keys(keys))
    return counts


def _current_readings(
    reprocess: Reprocess, rows: Sequence[Row]
) -> dict[uuid.UUID, dict[str, str]]:
    """Template and type of what is not compared yet, as its current reading says."""
    if all(row["slices"] for row in rows):
        return {}
    current = Generation.objects.current().filter(
        source=OuterRef("source"), pipeline_name=reprocess.pipeline_version.name
    )
    found = (
        ReprocessItem.objects.filter(reprocess=reprocess, slices={})
        .annotate(
            template=Subquery(current.values("template_key")[:1]),
            document_type=Subquery(current.values("document_type")[:1]),
        )
        .values_list("pk", F("template"), F("document_type"))
    )
    return {
        pk: {"template": template or "", "document_type": document_type or ""}
        for pk, template, document_type in found
    }
