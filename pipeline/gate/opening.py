"""Stating what a gate is held against, before anybody has seen a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import GoldenSet
from catalog.services import NothingToFreeze, freeze_golden_set
from pipeline.gate.errors import GateRefused
from pipeline.gate.evidence import CROSS, DIMENSIONS, OF, WHOLE
from pipeline.gate.spending import FLOORS
from pipeline.models import Gate, Reprocess

KEPT = (
    "This gate was measured already: its margins stay as they were stated. Reprocess"
    " anew to hold the version against others."
)


@transaction.atomic
def open_gate(
    *,
    reprocess: Reprocess,
    actor: User | None = None,
    margins: Mapping[str, Any] | None = None,
    level: float | None = None,
    golden_set: GoldenSet | None = None,
) -> Gate:
    """The gate of a reprocess; a first one is made. Only what is given is changed.

    margins: {dimension, or dimension:key for one slice: share} and {"latency", "cost":
    {"relative", "absolute"}}.
    golden_set: where none is named, what counts now is frozen for it: before anybody
    has seen a figure, and before people answer what the versions disagree about, which
    files golden values of just those documents. Raises GateRefused for margins that
    are none, and for others once it was measured.
    """
    stated = checked(margins or {})
    if level is not None and not 0 < level < 0.5:
        raise GateRefused("A level is a share between 0 and .5, as .05.")
    gate, _ = Gate.objects.get_or_create(
        reprocess=reprocess, defaults={"created_by": actor}
    )
    gate = Gate.objects.select_for_update().get(pk=gate.pk)
    before = (gate.margins, gate.level, gate.golden_set_id)
    gate.margins = {**gate.margins, **stated}
    gate.level = gate.level if level is None else level
    gate.golden_set = golden_set or gate.golden_set
    if gate.golden_set is None and gate.measured_at is None:
        gate.golden_set = _frozen_now(reprocess, actor)
    if before != (gate.margins, gate.level, gate.golden_set_id):
        if gate.measured_at is not None:
            raise GateRefused(KEPT)
        gate.save(update_fields=["margins", "level", "golden_set"])
    return gate


def _frozen_now(reprocess: Reprocess, actor: User | None) -> GoldenSet | None:
    """None where no case is there."""
    note = f"For the gate of a {reprocess}"
    try:
        return freeze_golden_set(actor=actor, note=note)
    except NothingToFreeze:
        return None


def checked(margins: Mapping[str, Any]) -> dict[str, Any]:
    """Raises GateRefused for a dimension or a margin that is none."""
    for name, margin in margins.items():
        if name in FLOORS:
            _check_floor(name, margin)
        elif not _is_dimension(name.partition(OF)[0]) or name.startswith(OF):
            names = ", ".join(DIMENSIONS)
            raise GateRefused(f"There is no dimension {name!r}. Choose of: {names}.")
        elif not isinstance(margin, int | float) or not 0 < margin < 1:
            raise GateRefused("A margin is a share between 0 and 1, as .05.")
    return dict(margins)


def _is_dimension(name: str) -> bool:
    """The whole, one, or a cross of two."""
    parts = name.split(CROSS)
    return name == WHOLE or (
        len(parts) <= 2 and all(part in DIMENSIONS for part in parts)
    )


def _check_floor(name: str, floor: Any) -> None:
    sizes = floor.values() if isinstance(floor, Mapping) else []
    if set(floor if sizes else ()) != {"relative", "absolute"} or not all(
        isinstance(size, int | float) and size >= 0 for size in sizes
    ):
        raise GateRefused(f"A floor of {name} has a relative and an absolute part.")
