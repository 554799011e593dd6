"""Proving, by a frozen golden set, that what a version accepts of a type is right."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from catalog.models import GoldenSet
from pipeline.acceptance.sequence import (
    Labelled,
    everything,
    fixed_sequence,
    missing_labels,
)
from pipeline.comparing.critical import critical_of
from pipeline.comparing.readings import values_said
from pipeline.evaluation.confidences import least_confidences
from pipeline.evaluation.evaluating import cases_of, generations_of, would_be
from pipeline.evaluation.scores import all_right
from pipeline.manifest import Manifest
from pipeline.models import AcceptanceProof, PipelineVersion
from pipeline.proof_words import Ended

AUTO_ACCEPT = "auto_accept"


class CannotProve(Exception):
    """There is nothing to prove; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proving:
    """missing: how many more labelled documents of the type would prove it, at the
    share of errors so far; None where no number would. unknown: accepted ones of which
    the golden set does not know every critical field, and which count for nothing.
    """

    proof: AcceptanceProof
    missing: int | None
    unknown: int


def prove(
    *,
    version: PipelineVersion,
    document_type: str,
    golden_set: GoldenSet,
    target: float = 0.98,
    confidence: float = 0.95,
) -> Proving:
    """Look for the loosest threshold that keeps the promise, and keep what was found.

    An earlier proof of the same ends, also where the new one proves nothing: it is what
    is known now. Raises CannotProve.
    """
    if not (0 < target < 1 and 0 < confidence < 1):
        raise CannotProve("target and confidence are shares: between 0 and 1.")
    spec = Manifest.of(version).document_type(document_type)
    if spec is None or not critical_of([spec]).names:
        raise CannotProve(
            f"{version} knows no document type {document_type!r} with critical fields."
        )
    documents, cases, unknown = _labelled(version, document_type, golden_set)
    promise = {"target": target, "confidence": confidence}
    found = fixed_sequence(documents, **promise)
    shown = found.chosen or found.tried or everything(documents)
    proof = _kept(
        AcceptanceProof(
            pipeline_version=version,
            document_type=document_type,
            golden_set=golden_set,
            **promise,
            threshold=shown.threshold,
            cases=cases,
            accepted=shown.accepted,
            wrong=shown.wrong,
            proven=found.chosen is not None,
        )
    )
    return Proving(proof, missing_labels(documents, **promise), unknown)


@transaction.atomic
def _kept(proof: AcceptanceProof) -> AcceptanceProof:
    # The version's row, so that two at once follow each other.
    PipelineVersion.objects.select_for_update(no_key=True).get(
        pk=proof.pipeline_version_id
    )
    AcceptanceProof.objects.standing().filter(
        pipeline_version=proof.pipeline_version, document_type=proof.document_type
    ).update(ended_at=timezone.now(), ended_because=Ended.REPLACED)
    proof.save(force_insert=True)
    return proof


def _labelled(
    version: PipelineVersion, document_type: str, golden_set: GoldenSet
) -> tuple[list[Labelled], int, int]:
    """The documents that the version takes for the type and would accept; how many it
    takes for it; of how many accepted ones nobody knows whether they are right.
    """
    cases = cases_of(golden_set)
    read = {
        source: generation
        for source, generation in generations_of(version, cases).items()
        if generation.document_type == document_type
    }
    accepted = {s: g for s, g in read.items() if would_be(g) == AUTO_ACCEPT}
    critical = critical_of([Manifest.of(version).document_type(document_type)])
    ids = [generation.pk for generation in accepted.values()]
    said, scores = values_said(ids), least_confidences(ids)
    rights = {
        source: all_right(cases[source].truth, said[generation.pk], critical)
        for source, generation in accepted.items()
    }
    documents = [
        Labelled(scores.get(accepted[source].pk, 0.0), right)
        for source, right in rights.items()
        if right is not None
    ]
    return documents, len(read), len(accepted) - len(documents)
