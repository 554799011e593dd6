from __future__ import annotations

from pipeline.models.document_type import DocumentType, FieldDefinition
from pipeline.models.event import ProcessingEvent, StepEvent
from pipeline.models.memo import MemoRecipe, MemoRevocation
from pipeline.models.pipeline_version import PipelineVersion
from pipeline.models.run import Run

__all__ = [
    "DocumentType",
    "FieldDefinition",
    "MemoRecipe",
    "MemoRevocation",
    "PipelineVersion",
    "ProcessingEvent",
    "Run",
    "StepEvent",
]
