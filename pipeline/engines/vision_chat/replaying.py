"""What kept answers say, understood anew: the service may be gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.engines.vision_chat.answers import Answer
from pipeline.engines.vision_chat.understanding import Document, extraction_from
from pipeline.layout.model import Layout
from pipeline.words import PageWords


def replay(
    answers: Mapping[str, Mapping[str, Any]],
    pages: Sequence[PageWords],
    layout: Layout,
    document_types: Sequence[DocumentTypeSpec],
) -> Extraction:
    """The extraction that the answers made, by the code and words of today.

    answers: the payloads of the reading's `model_answer` artifacts, by slot. Raises
    ServiceError for one that cannot be used, KeyError for one that is none.
    """
    slots = sorted(answers, key=lambda slot: int(slot.rpartition("=")[2]))
    kept = [Answer.from_json(answers[slot]) for slot in slots]
    return extraction_from(kept, Document(pages, layout, document_types))
