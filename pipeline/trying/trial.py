from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from catalog import blobs
from catalog.models import DerivedArtifact, Generation, Kind, SourceMedia
from catalog.regions import BoundingBox
from pipeline.claims import LINE_SLOT
from pipeline.engines.base import EngineError
from pipeline.execution import Execution, Made
from pipeline.manifest import EngineChanged, Manifest
from pipeline.models import PipelineVersion
from pipeline.runner import RunFailed, execute
from pipeline.steps.registry import UnknownStep
from pipeline.steps.slots import UPRIGHT
from pipeline.wording import run_reason_text

# Pictures go into the page itself, since nothing is stored that a link could name.
MOST_PAGES = 3


class TrialRefused(Exception):
    """The trial could not be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that the version reads, beside what stands there now ("" for nothing)."""

    slot: str
    value: str
    status: str
    confidence: float
    page: int
    current: str

    @property
    def is_other(self) -> bool:
        return self.value != self.current


@dataclass(frozen=True, slots=True)
class Picture:
    """data: the page as a data: address. boxes: (look, box) of the values on it."""

    number: int
    data: str
    boxes: Sequence[tuple[str, BoundingBox]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out. steps: (step, outcome, milliseconds, reason)."""

    steps: Sequence[tuple[str, str, int, str]]
    said: Sequence[Said]
    pictures: Sequence[Picture]
    pages: int
    disposition: str
    reason: str
    document_type: str
    total_ms: int
    has_current: bool

    @property
    def others(self) -> int:
        return sum(one.is_other for one in self.said)


def trial_of(
    *,
    version: PipelineVersion,
    source: SourceMedia,
    folder: Path,
    original: Path | None = None,
    current: Mapping[str, str] | None = None,
    announce: Callable[[str], None] = lambda step: None,
) -> Trial:
    """Read a document by a version, a draft or any other, with the engines of here.

    Every step has the limits that it has in any reading. original: the bytes, where
    the source is no row. current: slot to value, of what stands now. Asks the database
    nothing and writes nothing but files in the folder.
    Raises TrialRefused.
    """
    try:
        execution = execute(
            source=source,
            version=version,
            workdir=folder,
            announce=announce,
            fresh=True,
            manifest=Manifest.of(version).with_engines_here(),
            original=original,
        )
    except RunFailed as failure:
        raise TrialRefused(run_reason_text(failure.reason)) from None
    except (EngineChanged, ImproperlyConfigured, EngineError) as error:
        raise TrialRefused(f"An engine of it cannot be used here: {error}") from None
    except UnknownStep as error:
        raise TrialRefused(f"The code of {error} is not here any more.") from None
    except blobs.BlobUnavailable:
        raise TrialRefused("The storage does not answer: try again later.") from None
    except (blobs.BlobMissing, blobs.BlobDamaged):
        raise TrialRefused(run_reason_text("original_not_whole")) from None
    return _told(execution, current)


def current_values(generation: Generation | None) -> dict[str, str] | None:
    """Slot to value of a reading; None where there is none."""
    if generation is None:
        return None
    fields = DerivedArtifact.objects.live_in(generation).of_kind(Kind.FIELD)
    return {one.slot: str((one.payload or {}).get("value", "")) for one in fields}


def _told(execution: Execution, current: Mapping[str, str] | None) -> Trial:
    reading = execution.reading()
    fields = [made for made in execution.made if made.kind == Kind.FIELD]
    images = {}
    # The upright picture of a page comes later, and takes the other one's place.
    for made in execution.made:
        if made.kind == Kind.PAGE_IMAGE and made.output.file:
            number = made.slot.removesuffix(UPRIGHT).removeprefix("page=")
            images[int(number)] = made.output.file
    return Trial(
        steps=[(r.step, r.outcome, r.ms, r.reason) for r in execution.records],
        said=_said(fields, current or {}),
        pictures=[
            Picture(number, _as_data(images[number]), _boxes(fields, number))
            for number in sorted(images)[:MOST_PAGES]
        ],
        pages=len(images),
        disposition=reading.disposition,
        reason=reading.reason,
        document_type=reading.document_type,
        total_ms=execution.total_ms,
        has_current=current is not None,
    )


def _said(fields: Sequence[Made], current: Mapping[str, str]) -> list[Said]:
    found = {}
    for made in fields:
        claim: Mapping[str, Any] = made.output.payload or {}
        found[made.slot] = Said(
            slot=made.slot,
            value=str(claim.get("value", "")),
            status=str(claim.get("status", "")),
            confidence=float(claim.get("confidence", 0)),
            page=made.output.region.page if made.output.region else 0,
            current=current.get(made.slot, ""),
        )
    for slot, value in current.items():
        if slot not in found:
            found[slot] = Said(slot, "", "", 0.0, 0, value)
    # Header fields first, then lines in their order.
    return sorted(found.values(), key=_order)


def _order(said: Said) -> tuple[int, int, str]:
    line = LINE_SLOT.fullmatch(said.slot)
    return (1, int(line["number"]), said.slot) if line else (0, 0, said.slot)


def _boxes(fields: Sequence[Made], page: int) -> list[tuple[str, BoundingBox]]:
    return [
        (str((made.output.payload or {}).get("status", "")), made.output.region.bbox)
        for made in fields
        if made.output.region and made.output.region.page == page
    ]


def _as_data(file: Path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(file.read_bytes()).decode()
