"""A gate's report as one file that needs nothing else: no scripts, no fonts, no net."""

from __future__ import annotations

import base64
import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.template.loader import render_to_string
from PIL import Image

from catalog import blobs
from catalog.models import DerivedArtifact
from pipeline.gate import report_digest, wording
from pipeline.models import Gate, ReprocessItem
from pipeline.models.reprocess_item import ReprocessItemQuerySet
from reviewer.crops import Crop
from reviewer.gate_changes import (
    Change,
    Changed,
    Marked,
    changed_items,
    changes_of,
)
from reviewer.gate_page import batches_of
from reviewer.gate_strip import bars_of, reach_of
from reviewer.names import FieldNames

# A file that a person reads: the page has all of them.
MOST_DOCUMENTS, MOST_PICTURED, AT_ONCE = 500, 60, 20
PICTURE_WIDTH = 640  # pixels


@dataclass(frozen=True, slots=True)
class Line:
    """A change, with the cut-outs that are in the file: the mark and the picture."""

    document: Changed
    change: Change
    pictures: Sequence[tuple[Marked, str]]


def _changed(gate: Gate) -> ReprocessItemQuerySet:
    return changed_items(gate, User(is_superuser=True)).select_related(
        "source__tenant", "comparison", "old_generation", "new_generation"
    )


def told_of(gate: Gate) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Ids of the documents whose values are in the file, each with its tenant's."""
    rows = _changed(gate)[:MOST_DOCUMENTS]
    return [(one.source_id, one.source.tenant_id) for one in rows]


def html_of(gate: Gate) -> str:
    """Of every tenant in the gate: for whoever may see all of it."""
    rows = _changed(gate)
    slices = list(gate.slices.in_order())
    reach = reach_of(slices)
    return render_to_string(
        "versions/gate_file.html",
        {
            "gate": gate,
            "digest": report_digest(gate),
            "bars": bars_of(slices, reach),
            "reach": f"{reach * 100:.0f} %",
            "lines": list(_lines(list(rows[:MOST_DOCUMENTS]))),
            "left_out": max(0, rows.count() - MOST_DOCUMENTS),
            "pictured": MOST_PICTURED,
            "not_fit": wording.not_fit(gate),
            "batches": batches_of(gate),
            "activations": gate.activations.select_related("actor"),
            "field_names": FieldNames.now(),
        },
    )


def _lines(items: Sequence[ReprocessItem]) -> Iterator[Line]:
    """The first ones, which disagree, with pictures."""
    for start in range(0, len(items), AT_ONCE):
        pictured = start < MOST_PICTURED
        for document in changes_of(items[start : start + AT_ONCE], pictures=pictured):
            pages = _Pages()
            for change in document.changes:
                found = [(one, pages.cut(one.crop)) for one in change.pictures]
                yield Line(document, change, [(m, uri) for m, uri in found if uri])


class _Pages:
    """The page pictures of one document, each opened once."""

    def __init__(self) -> None:
        self.opened: dict[str, Image.Image | None] = {}

    def cut(self, crop: Crop) -> str:
        """A data: address of the cut-out; "" where the stored bytes are missing."""
        page = self._open(crop.page.image)
        if page is None:
            return ""
        across, down = page.width / crop.page.width, page.height / crop.page.height
        part = page.crop(
            (
                round(crop.left * across),
                round(crop.top * down),
                round((crop.left + crop.width) * across),
                round((crop.top + crop.height) * down),
            )
        )
        part.thumbnail((PICTURE_WIDTH, PICTURE_WIDTH))
        data = io.BytesIO()
        part.save(data, "JPEG", quality=70)
        return f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"

    def _open(self, image: DerivedArtifact) -> Image.Image | None:
        name = image.payload_hash
        if name not in self.opened:
            try:
                stored = io.BytesIO(blobs.read_verified(name))
                self.opened[name] = Image.open(stored).convert("RGB")
            except (blobs.BlobMissing, blobs.BlobDamaged):
                self.opened[name] = None
        return self.opened[name]
