from __future__ import annotations

from pipeline.models.activation import Activation
from pipeline.models.document_type import DocumentType, FieldDefinition
from pipeline.models.event import ProcessingEvent, StepEvent
from pipeline.models.gate import AcceptanceProof, Gate, GateSlice
from pipeline.models.memo import MemoRecipe, MemoRevocation
from pipeline.models.paid_answer import PaidAnswer
from pipeline.models.pipeline_version import PipelineVersion
from pipeline.models.policy import PipelinePolicy
from pipeline.models.registry import ModelEntry, ModelPrice, TokenFormula
from pipeline.models.replay import ReplayObservation
from pipeline.models.reprocess import Reprocess, Stage
from pipeline.models.reprocess_item import ReprocessItem
from pipeline.models.run import Run

__all__ = [
    "AcceptanceProof",
    "Activation",
    "DocumentType",
    "FieldDefinition",
    "Gate",
    "GateSlice",
    "MemoRecipe",
    "MemoRevocation",
    "ModelEntry",
    "ModelPrice",
    "PaidAnswer",
    "PipelinePolicy",
    "PipelineVersion",
    "ProcessingEvent",
    "ReplayObservation",
    "Reprocess",
    "ReprocessItem",
    "Run",
    "Stage",
    "StepEvent",
    "TokenFormula",
]
