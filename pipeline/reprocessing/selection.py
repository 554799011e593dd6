"""Which sources a reprocess is about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.models import Generation, State
from catalog.models.generation import GenerationQuerySet
from catalog.slices import Slice
from pipeline.models import PipelineVersion


@dataclass(frozen=True, slots=True)
class Selection:
    """Sources by the reading that is current: the slice's, or one source alone.

    The slice's pipeline and state are those of the target and "current", whatever it
    says of them.
    """

    slice: Slice = field(default_factory=Slice)
    source: uuid.UUID | None = None

    def readings(self, target: PipelineVersion) -> GenerationQuerySet:
        """The current readings that another version than the target made."""
        wanted = replace(self.slice, pipeline_name=target.name, state=State.CURRENT)
        rows = Generation.objects.in_slice(wanted).exclude(
            pipeline_version=target.version
        )
        if self.source is not None:
            rows = rows.filter(source=self.source)
        return rows.filter(source__erased_at__isnull=True)

    def as_json(self) -> dict[str, Any]:
        """What was asked for, without whose sources may be looked at."""
        words: dict[str, Any] = self.slice.as_json()
        words.pop("state", None)
        words.pop("pipeline_name", None)
        return words | ({"source": str(self.source)} if self.source else {})
