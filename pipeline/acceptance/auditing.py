"""What the random audit of accepted documents says of a proof."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from catalog.models import Generation
from pipeline.models import AcceptanceProof, PipelineVersion
from pipeline.proof_words import Ended
from pipeline.stats.proportions import lower_bound


@transaction.atomic
def record_audit(generation: Generation, wrong: bool) -> AcceptanceProof | None:  # noqa: FBT001 - agreed
    """Count an accepted document that people looked at; None where no proof stands.

    The proof ends where the audit shows, with the proof's confidence, that more is
    wrong than was promised. Call it once a document.
    """
    version = PipelineVersion.objects.of(generation)
    proof = (
        AcceptanceProof.objects.standing()
        .filter(pipeline_version=version, document_type=generation.document_type)
        .select_for_update(no_key=True)
        .first()
    )
    if proof is None:
        return None
    proof.audited += 1
    proof.audited_wrong += wrong
    if misses(proof):
        proof.ended_at, proof.ended_because = timezone.now(), Ended.AUDIT
    proof.save(update_fields=["audited", "audited_wrong", "ended_at", "ended_because"])
    return proof


def misses(proof: AcceptanceProof) -> bool:
    """Whether the exact lower bound of what the audit found wrong is above the rest
    that was left to errors.
    """
    least = lower_bound(proof.audited_wrong, proof.audited, proof.confidence)
    return least > 1 - proof.target
