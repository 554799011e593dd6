"""An extraction from the kept answers of a model that nobody can ask again."""

from __future__ import annotations

import json

from catalog.hashing import canonical_json
from catalog.models import DerivedArtifact, Kind, Origin
from pipeline.engines.vision_chat import replay
from pipeline.layout.codec import layout_from_json
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion
from pipeline.reproducing import sameness
from pipeline.reproducing.again import Why, payload_kept
from pipeline.reproducing.promises import Promise
from pipeline.reproducing.sameness import Sameness
from pipeline.words import PageWords

CALLS = (Why.MODEL_RETIRED, Why.ENGINE_CHANGED, Why.ENGINE_UNAVAILABLE)


def replayed(artifact: DerivedArtifact) -> Sameness | None:
    """How like the kept extraction that of the kept answers is; None without answers.

    Raises NotRunnable where something that was kept cannot be read.
    """
    if artifact.kind != Kind.EXTRACTION:
        return None
    kept = DerivedArtifact.objects.whole().filter(
        generation=artifact.generation_id, origin=Origin.MACHINE
    )
    answers = {one.slot: payload_kept(one) for one in kept.of_kind(Kind.MODEL_ANSWER)}
    layout = kept.of_kind(Kind.LAYOUT).first()
    if not answers or layout is None:
        return None
    pages = [PageWords.from_json(payload_kept(one)) for one in kept.of_kind(Kind.OCR)]
    version = PipelineVersion.objects.of(artifact.generation)
    found = replay(
        answers,
        sorted(pages, key=lambda page: page.page),
        layout_from_json(payload_kept(layout)),
        Manifest.of(version).document_types,
    )
    plain = json.loads(canonical_json(found.as_json()))
    return sameness.of_json(payload_kept(artifact), plain, Promise())
