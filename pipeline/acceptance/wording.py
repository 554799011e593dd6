"""What is proven of a pipeline's acceptance, and what is not, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from pipeline.comparing.critical import critical_of
from pipeline.manifest import Manifest
from pipeline.models import AcceptanceProof, PipelinePolicy, PipelineVersion
from pipeline.proof_words import Ended

NO_TYPE = "no type"
BECAUSE = {
    Ended.REPLACED: "ended by a later proof",
    Ended.OTHER_VERSION: "ended by another version becoming active",
    Ended.TYPE_CHANGED: "ended by a change of the document type",
    Ended.AUDIT: "ended by an audit",
}


def sentence(proof: AcceptanceProof) -> str:
    """ "invoice: 98 % proven by 512 documents, ended by an audit on 5 Nov 2026"."""
    name, share = proof.document_type or NO_TYPE, f"{proof.target * 100:g} %"
    said = f"{name}: {share} proven by {_documents(proof.accepted)}"
    if not proof.proven:
        said = (
            f"{name}: {share} not proven; of {_documents(proof.accepted)}"
            f" {proof.wrong} were wrong"
        )
    if proof.audited:
        said += f", {proof.audited} audited since, {proof.audited_wrong} of them wrong"
    if proof.ended_at is not None:
        said += f", {BECAUSE[Ended(proof.ended_because)]} on {_day(proof.ended_at)}"
    return said


def sentences(pipeline: str) -> Iterator[str]:
    """Of each type that was ever tried: what is known last, and of which version."""
    proofs = AcceptanceProof.objects.filter(pipeline_version__name=pipeline)
    last = proofs.order_by("document_type", "-created_at", "-proof_id")
    for proof in last.distinct("document_type").select_related("pipeline_version"):
        yield f"{sentence(proof)} ({proof.pipeline_version.version})"


def unproven(policy: PipelinePolicy) -> list[str]:
    """Types of which the active version accepts nothing: a proof is asked for and none
    stands. Types without critical fields cannot be proven.
    """
    version = PipelineVersion.objects.active().filter(name=policy.name).first()
    if version is None or not policy.proof_required:
        return []
    standing = AcceptanceProof.objects.standing().filter(
        pipeline_version=version, proven=True
    )
    proven = set(standing.values_list("document_type", flat=True))
    types = Manifest.of(version).document_types
    names = [spec.name for spec in types if critical_of([spec]).names]
    return sorted(set(names) - proven)


def warnings() -> Iterator[str]:
    """A sentence a policy, for whoever has to do something about it."""
    for policy in PipelinePolicy.objects.filter(proof_required=True).order_by("name"):
        if missing := unproven(policy):
            yield (
                f"The policy of {policy.name} requires a proof, and none stands for"
                f" {', '.join(missing)}: all of these go to people. To prove one: "
                f"manage.py prove_acceptance {policy.name} {missing[0]}"
            )


def _documents(count: int) -> str:
    return f"{count:,} {'document' if count == 1 else 'documents'}"


def _day(moment: datetime) -> str:
    day = timezone.localtime(moment)
    return f"{day.day} {day:%b %Y}"
