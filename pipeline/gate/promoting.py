"""Moving what passed: slice by slice, in one act, and the rest stays where it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from catalog.models import Generation, PromotionBatch, State
from catalog.services import Promoted, promote
from pipeline.gate.collecting import judged
from pipeline.gate.errors import GateRefused
from pipeline.gate.evidence import CROSS
from pipeline.models import Gate, GateSlice, ReprocessItem
from pipeline.models.reprocess_item import ReprocessItemQuerySet

UNSIGNED = "Nobody has signed this gate: look at its report and sign it first."
NOTHING = (
    "Nothing of this gate can move: no slice passed, or what passed has moved already."
)
Tenants = Iterable[uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class PromotedPassing:
    """stayed: compared documents that were not put in place, in the same tenants."""

    batch: PromotionBatch
    generations: int
    stayed: int


@transaction.atomic
def promote_passing(
    *, gate: Gate, actor: User | None, note: str = "", tenants: Tenants = None
) -> PromotedPassing:
    """Put in place the new readings of a signed gate's documents that may move.

    tenants: only of these, None for all. What was read, decided or promoted in another
    way since stays as it is. Raises GateRefused, catalog.services.PromotionRefused.
    """
    gate = Gate.objects.select_related("reprocess__pipeline_version").get(pk=gate.pk)
    if gate.signed_at is None:
        raise GateRefused(UNSIGNED)
    moving = list(_without_known_worse(movable_items(gate, tenants)))
    if not moving:
        raise GateRefused(NOTHING)
    done: Promoted = promote(
        candidates=Generation.objects.filter(pk__in=moving),
        actor=actor,
        note=note,
        selection={"gate": str(gate.pk), "held": held_slices(gate)},
    )
    compared = compared_items(gate, tenants).count()
    return PromotedPassing(done.batch, done.generations, compared - done.generations)


def compared_items(gate: Gate, tenants: Tenants) -> ReprocessItemQuerySet:
    """What was compared when the gate was measured for its signature."""
    items = ReprocessItem.objects.filter(
        reprocess=gate.reprocess_id, finished_at__lte=gate.measured_at
    ).compared()
    if tenants is not None:
        items = items.filter(source__tenant__in=list(tenants))
    return items


def movable_items(gate: Gate, tenants: Tenants) -> ReprocessItemQuerySet:
    """Of those, what no slice holds back and nothing has overtaken."""
    return (
        compared_items(gate, tenants)
        .filter(
            new_generation__state=State.CANDIDATE,
            new_generation__complete=True,
            old_generation__state=State.CURRENT,
            source__erased_at__isnull=True,
        )
        .exclude(_in_any(gate.slices.holding()))
    )


def _in_any(slices: Iterable[GateSlice]) -> Q:
    """Items of at least one of the slices; the keys of one dimension go together."""
    found = Q(pk__in=[])
    by_dimension: dict[str, list[str]] = {}
    for one in slices:
        by_dimension.setdefault(one.dimension, []).append(one.key)
    for dimension, keys in by_dimension.items():
        if not dimension:
            return Q()
        if CROSS not in dimension:
            found |= Q(**{f"slices__{dimension}__in": keys})
            continue
        first, second = dimension.split(CROSS)
        for key in keys:
            left, right = key.split(CROSS)
            found |= Q(**{f"slices__{first}": left, f"slices__{second}": right})
    return found


def _without_known_worse(items: ReprocessItemQuerySet) -> Iterable[uuid.UUID]:
    """Ids of new generations. What people know to get worse stays, by what they know
    now: an answer that came after the signature counts as well.
    """
    rows = list(items.values("pk", "comparison_id", "new_generation_id"))
    disagreeing = items.exclude(comparison__disagrees=False)
    known = judged(list(disagreeing.values("pk", "comparison_id")))
    for row in rows:
        one = known.get(row["pk"])
        if one is None or not (one.old_right and not one.new_right):
            yield row["new_generation_id"]


def held_slices(gate: Gate) -> list[dict[str, str]]:
    """As the ledger keeps them: which slices stayed."""
    return [
        {"dimension": one.dimension, "key": one.key} for one in gate.slices.holding()
    ]
