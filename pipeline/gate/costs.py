"""Time and money of old and new readings, from their events."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pipeline.gate.spending import FLOORS, Floor, Spending, Steps, from_nothing, spent
from pipeline.models import ProcessingEvent, Reprocess, ReprocessItem, Run

# The first of the random order are enough for a mean.
MOST = 1000
FIGURES = {"latency": ("ms", 1.0), "cost": ("cost_usd", 1e6)}


def spending_of(
    reprocess: Reprocess, floors: Mapping[str, Floor], *, level: float
) -> dict[str, Spending]:
    """{"latency", "cost"}; events that were cleared away tell nothing, and of a reading
    with a step whose model had no price nobody knows what it cost.
    """
    items = ReprocessItem.objects.filter(reprocess=reprocess).compared()
    pairs = list(
        items.order_by("position").values_list("old_generation", "new_generation")[
            :MOST
        ]
    )
    steps = _steps({pk for pair in pairs for pk in pair})
    both = [(steps[a], steps[b]) for a, b in pairs if a in steps and b in steps]
    found = {}
    for name, (figure, unit) in FIGURES.items():
        old, new = [], []
        for before, after in both:
            was = from_nothing(before, after, figure)
            now = from_nothing(after, before, figure)
            if was is not None and now is not None:
                old.append(was * unit)
                new.append(now * unit)
        found[name] = spent(old, new, floors[name], level=level)
    return found


def floors_of(margins: Mapping[str, Any]) -> dict[str, Floor]:
    """A gate's own, or the usual ones."""
    return {
        name: Floor(**margins[name]) if name in margins else usual
        for name, usual in FLOORS.items()
    }


def _steps(generation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Steps]:
    runs = Run.objects.filter(generation__in=generation_ids, finished_at__isnull=False)
    ended: dict[uuid.UUID, tuple[uuid.UUID | None, datetime]] = {
        run_id: (generation_id, at)
        for run_id, generation_id, at in runs.values_list(
            "pk", "generation_id", "finished_at"
        )
        if at is not None
    }
    if not ended:
        return {}
    times = [at for _, at in ended.values()]
    # The times lead to the partitions that can hold them.
    events = ProcessingEvent.objects.filter(
        created_at__in=times, run_id__in=list(ended)
    ).values_list("run_id", "payload__steps")
    return {
        generation_id: [_as_known(step) for step in steps]
        for run_id, steps in events
        if (generation_id := ended[run_id][0]) is not None
    }


def _as_known(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """The 0 beside an unknown cost is no price: a model without one is not free."""
    return {**step, "cost_usd": None} if step.get("cost") == "unknown" else step
