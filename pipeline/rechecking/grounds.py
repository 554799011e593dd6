"""What the checks look at beside the values: a reading's words, layout and type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from catalog.api.files import payload_of
from catalog.models import DerivedArtifact, Generation, Kind
from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.extracting.context import Context
from pipeline.extracting.view import view_of
from pipeline.layout.codec import layout_from_json
from pipeline.manifests_read import manifest_of
from pipeline.words import PageWords


@dataclass(frozen=True, slots=True)
class Grounds:
    """extraction: the claims as they were before any check looked at them; params:
    those of the version's disposition step; today: what the verify step called so.
    """

    extraction: Extraction
    context: Context
    params: Mapping[str, Any]
    today: date

    @property
    def spec(self) -> DocumentTypeSpec:
        return self.context.spec


def grounds_of(generation: Generation) -> Grounds | None:
    """None where the reading is of no known type, was made without the steps that its
    checks need, or was emptied by an erasure. Raises catalog's Unavailable.
    """
    kinds = [Kind.GROUNDING, Kind.LAYOUT, Kind.OCR]
    made = DerivedArtifact.objects.whole().filter(generation=generation, kind__in=kinds)
    by_kind: dict[str, list[Any]] = {}
    for artifact in made.order_by("kind", "slot"):
        by_kind.setdefault(artifact.kind, []).append(payload_of(artifact))
    if not all(any(by_kind.get(kind, ())) for kind in kinds):
        return None
    manifest = manifest_of(generation)
    extraction = Extraction.from_json(by_kind[Kind.GROUNDING][-1])
    spec = manifest.document_type(extraction.document_type)
    if spec is None:
        return None
    view = view_of(
        _pages(by_kind[Kind.OCR]), layout_from_json(by_kind[Kind.LAYOUT][-1])
    )
    return Grounds(
        extraction=extraction,
        context=Context(view, spec),
        params=manifest.params_of("disposition"),
        today=generation.source.uploaded_at.astimezone(UTC).date(),
    )


def _pages(payloads: Sequence[Any]) -> list[PageWords]:
    pages = [PageWords.from_json(payload) for payload in payloads if payload]
    return sorted(pages, key=lambda page: page.page)
