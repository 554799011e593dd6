"""How far a run is, and what came of it, for a person who waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import DerivedArtifact, Kind
from pipeline.models import Run

# Enough to see at a glance whether the right document was read.
KEY_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Progress:
    """step counts from 1, 0 before the first; fields: those to show when finished."""

    run: Run
    step: int
    steps: int
    fields: Sequence[DerivedArtifact] = ()

    @property
    def ended(self) -> bool:
        return self.run.state in (Run.State.FINISHED, Run.State.FAILED)


def progress_of(run: Run) -> Progress:
    names = [step["step"] for step in run.pipeline_version.steps]
    step = names.index(run.step) + 1 if run.step in names else 0
    return Progress(run=run, step=step, steps=len(names), fields=key_fields(run))


def key_fields(run: Run) -> list[DerivedArtifact]:
    """The first header fields, critical ones before others."""
    if run.generation is None:
        return []
    fields = (
        DerivedArtifact.objects.live_in(run.generation)
        .of_kind(Kind.FIELD)
        .exclude(slot__startswith="lines[")
    )
    return sorted(fields, key=lambda field: not (field.payload or {}).get("critical"))[
        :KEY_FIELDS
    ]
