"""What kept answers say, understood anew: the service may be gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.engines.vision_chat.answers import Answer
from pipeline.engines.vision_chat.understanding import Document, extraction_from
from pipeline.layout.model import Layout
from pipeline.words import PageWords


def replay(
    answers: Iterable[Mapping[str, Any]],
    pages: Sequence[PageWords],
    layout: Layout,
    document_types: Sequence[DocumentTypeSpec],
) -> Extraction:
    """The extraction that the answers made, by the code and words of today.

    answers: the payloads of the reading's `model_answer` artifacts, in the order of
    their slots. Raises ServiceError for one that cannot be used, KeyError for one that
    is none.
    """
    kept = [Answer.from_json(answer) for answer in answers]
    return extraction_from(kept, Document(pages, layout, document_types))
