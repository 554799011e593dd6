from __future__ import annotations

from pipeline.admin.activations import ActivationAdmin
from pipeline.admin.document_types import DocumentTypeAdmin
from pipeline.admin.generations import GenerationAdmin
from pipeline.admin.memo import MemoRevocationAdmin
from pipeline.admin.models import ModelEntryAdmin
from pipeline.admin.policies import PipelinePolicyAdmin
from pipeline.admin.proofs import AcceptanceProofAdmin
from pipeline.admin.runs import RunAdmin
from pipeline.admin.versions import PipelineVersionAdmin

__all__ = [
    "AcceptanceProofAdmin",
    "ActivationAdmin",
    "DocumentTypeAdmin",
    "GenerationAdmin",
    "MemoRevocationAdmin",
    "ModelEntryAdmin",
    "PipelinePolicyAdmin",
    "PipelineVersionAdmin",
    "RunAdmin",
]
