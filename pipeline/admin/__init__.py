from __future__ import annotations

from pipeline.admin.document_types import DocumentTypeAdmin
from pipeline.admin.generations import GenerationAdmin
from pipeline.admin.memo import MemoRevocationAdmin
from pipeline.admin.models import ModelEntryAdmin
from pipeline.admin.runs import RunAdmin
from pipeline.admin.versions import PipelineVersionAdmin

__all__ = [
    "DocumentTypeAdmin",
    "GenerationAdmin",
    "MemoRevocationAdmin",
    "ModelEntryAdmin",
    "PipelineVersionAdmin",
    "RunAdmin",
]
