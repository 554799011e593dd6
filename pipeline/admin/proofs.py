from __future__ import annotations

from django.contrib import admin

from catalog.admin import Window
from pipeline.acceptance import wording
from pipeline.models import AcceptanceProof
from pipeline.proof_words import ENDED_TEXT


@admin.register(AcceptanceProof)
class AcceptanceProofAdmin(Window):
    """What is known of each version's automatic acceptance, and what was before."""

    search_ids = ("pk", "pipeline_version_id")
    search_fields = ["document_type", "pipeline_version__version"]
    list_display = ["created_at", "pipeline_version", "said", "threshold", "stands"]
    list_filter = ["proven", "document_type", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["pipeline_version", "golden_set"]
    fields = [
        *("pipeline_version", "document_type", "said", "golden_set", "target"),
        *("confidence", "threshold", "cases", "accepted", "wrong", "proven"),
        *("audited", "audited_wrong", "created_at", "ended_at", "why_ended"),
    ]

    @admin.display(description="what is known")
    def said(self, proof: AcceptanceProof) -> str:
        return wording.sentence(proof)

    @admin.display(description="stands", boolean=True)
    def stands(self, proof: AcceptanceProof) -> bool:
        return proof.proven and proof.ended_at is None

    @admin.display(description="why it ended")
    def why_ended(self, proof: AcceptanceProof) -> str:
        return ENDED_TEXT.get(proof.ended_because, "It stands.")
