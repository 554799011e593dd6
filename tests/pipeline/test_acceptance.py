"""Proofs of acceptance: made, heeded, ended."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from catalog.models import GoldenSet
from catalog.services import Reading, freeze_golden_set
from pipeline import services, versions, work
from pipeline.acceptance import CannotProve, guarded, prove, record_audit
from pipeline.models import (
    AcceptanceProof,
    DocumentType,
    PipelinePolicy,
    PipelineVersion,
)
from pipeline.proof_words import NOT_PROVEN, NOT_PROVEN_TEXT
from pipeline.versions import add_missing_types, ensure_built_in
from reviewer.models import ReviewTask
from tests.documents import pdf_of
from tests.factories import (
    field_artifact,
    make_generation,
    make_source,
    make_tenant,
    make_version,
)
from tests.pipeline.compared_readings import SURE, TYPES, know

pytestmark = pytest.mark.django_db
# Three flawless samples for 80 % with 80 % confidence: 3 * ceil(ln .2 / ln .8) = 24.
MODEST = {"target": 0.8, "confidence": 0.8}


def sure_fields(confidence: float, **values: str) -> list[Any]:
    return [
        field_artifact(
            slot,
            text,
            value_type=TYPES.get(slot, "money"),
            status="verified",
            confidence=confidence,
            critical=True,
        )
        for slot, text in {**SURE, **values}.items()
    ]


def accepted(count: int, *, confidence: float = 0.99, **values: str) -> None:
    """Golden cases of a receipt that 1.0.0 accepted; values: what it said wrongly."""
    for _ in range(count):
        source = make_source()
        know(source, **SURE)
        make_generation(
            source,
            disposition="auto_accept",
            reason="all_critical_verified",
            fields=sure_fields(confidence, **values),
        )


def proven(version: PipelineVersion, **more: Any) -> AcceptanceProof:
    return AcceptanceProof.objects.create(
        pipeline_version=version,
        document_type="receipt",
        **{**MODEST, "threshold": 0.9, "cases": 24, "accepted": 24, "wrong": 0,
           "proven": True, **more},
    )  # fmt: skip


def reading(confidence: float = 0.99) -> Reading:
    return Reading(
        pipeline_name="doc-extract",
        pipeline_version="1.0.0",
        complete=True,
        disposition="auto_accept",
        reason="all_critical_verified",
        document_type="receipt",
        artifacts=sure_fields(confidence),
    )


@pytest.fixture
def version() -> PipelineVersion:
    return make_version()


def frozen() -> GoldenSet:
    return freeze_golden_set()


def test_enough_right_ones_prove_it_from_the_loosest_threshold(
    version: PipelineVersion,
) -> None:
    accepted(24, confidence=0.99)
    accepted(6, confidence=0.9)
    accepted(9, confidence=0.7, total="2.12")
    found = prove(
        version=version, document_type="receipt", golden_set=frozen(), **MODEST
    )
    proof = found.proof
    assert (proof.proven, proof.threshold, found.missing) == (True, 0.9, 0)
    assert (proof.cases, proof.accepted, proof.wrong) == (39, 30, 0)


def test_too_few_prove_nothing_and_it_says_how_many_are_missing(
    version: PipelineVersion,
) -> None:
    accepted(20)
    found = prove(
        version=version, document_type="receipt", golden_set=frozen(), **MODEST
    )
    assert (found.proof.proven, found.missing) == (False, 4)
    accepted(4)
    again = prove(
        version=version, document_type="receipt", golden_set=frozen(), **MODEST
    )
    assert again.proof.proven
    found.proof.refresh_from_db()
    assert found.proof.ended_because == "replaced"


def test_what_nobody_knows_counts_for_nothing(version: PipelineVersion) -> None:
    accepted(3)
    source = make_source()
    know(source, total="21.20")
    make_generation(
        source, disposition="auto_accept", reason="x", fields=sure_fields(0.99)
    )
    found = prove(
        version=version, document_type="receipt", golden_set=frozen(), **MODEST
    )
    assert (found.proof.accepted, found.unknown) == (3, 1)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"document_type": "poem"}, "knows no document type"),
        ({"target": 1.0}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_proven(
    version: PipelineVersion, wrong: dict[str, Any], why: str
) -> None:
    accepted(1)
    asked = {"document_type": "receipt", "golden_set": frozen(), **MODEST, **wrong}
    with pytest.raises(CannotProve, match=why):
        prove(version=version, **asked)
    assert not AcceptanceProof.objects.exists()


def test_without_a_proof_nothing_is_accepted_where_one_is_asked_for(
    version: PipelineVersion,
) -> None:
    assert guarded(version, reading()) == reading()
    policy = PipelinePolicy.objects.create(name="doc-extract", proof_required=True)
    kept_back = guarded(version, reading())
    assert (kept_back.disposition, kept_back.reason) == ("human_review", NOT_PROVEN)

    proof = proven(version)
    assert guarded(version, reading()).disposition == "auto_accept"
    # Below its threshold the proof says nothing.
    assert guarded(version, reading(0.89)).reason == NOT_PROVEN
    AcceptanceProof.objects.filter(pk=proof.pk).update(
        ended_at="2026-01-01T00:00Z", ended_because="replaced"
    )
    proven(version, proven=False)
    assert guarded(version, reading()).reason == NOT_PROVEN

    PipelinePolicy.objects.filter(pk=policy.pk).update(proof_required=False)
    assert guarded(version, reading()).disposition == "auto_accept"


def test_a_document_that_is_kept_back_is_asked_about(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the file on: the version's own step accepts it, the policy does not."""
    monkeypatch.setattr(
        "pipeline.steps.disposition.decide",
        lambda *_, **__: ("auto_accept", "all_critical_verified"),
    )
    version = ensure_built_in()
    alone = _read(make_source(make_tenant("harbour"), data=pdf_of()), version)
    assert alone.disposition == "auto_accept"
    PipelinePolicy.objects.create(name="doc-extract", proof_required=True)

    run = _read(make_source(make_tenant("meadow"), data=pdf_of()), version)

    assert (run.disposition, run.reason) == ("human_review", NOT_PROVEN)
    assert run.generation is not None
    assert run.generation.released_at is None
    task = ReviewTask.objects.get(generation=run.generation)
    asked = set(task.items.values_list("slot", "reason"))
    assert asked
    client.force_login(User.objects.create_superuser("olga"))
    html = client.get(f"/sources/{run.source_id}/").content.decode()
    assert NOT_PROVEN_TEXT in html


def _read(source: Any, version: PipelineVersion) -> Any:
    run = services.ensure(
        source=source, version=version, lane="batch", enqueue=False
    ).run
    claimed = work.take(run_id=run.pk)
    assert claimed is not None
    return work.execute_run(claimed)


def test_a_proof_ends_when_another_version_becomes_active(
    version: PipelineVersion, alice: User
) -> None:
    other = make_version(version="1.1.0", active=False)
    ours, theirs = proven(version), proven(other)
    versions.activate(version=other, actor=alice, note="it is better")
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.ended_because, theirs.ended_at) == ("other_version_active", None)


def test_a_proof_ends_when_its_type_is_changed(version: PipelineVersion) -> None:
    add_missing_types()
    receipt = DocumentType.objects.get(name="receipt")
    total = receipt.fields.get(name="total")

    def ends(change: Any) -> bool:
        proof = proven(version)
        change()
        proof.refresh_from_db()
        ended = proof.ended_at is not None
        AcceptanceProof.objects.filter(ended_at__isnull=True).update(
            ended_at="2026-01-01T00:00Z", ended_because="replaced"
        )
        return ended

    fields = receipt.fields.filter(pk=total.pk)
    assert ends(lambda: fields.update(critical=False))
    assert ends(lambda: DocumentType.objects.filter(pk=receipt.pk).update(keywords=[]))
    assert ends(lambda: receipt.fields.get(name="address").delete())
    assert ends(lambda: receipt.fields.create(name="tip", value_type="money"))
    # What a field is called on pages is no change of it, nor is another type one.
    assert not ends(lambda: fields.update(shown_as="Sum", position=7))
    assert not ends(lambda: fields.update(critical=False))
    invoice = DocumentType.objects.filter(name="invoice")
    assert not ends(lambda: invoice.update(keywords=[]))


def test_what_ended_stays_ended(version: PipelineVersion) -> None:
    proof = proven(version)
    one = AcceptanceProof.objects.filter(pk=proof.pk)
    with pytest.raises(IntegrityError, match="one_standing"), transaction.atomic():
        proven(version)
    one.update(ended_at="2026-01-01T00:00Z", ended_because="replaced")
    with pytest.raises(IntegrityError, match="ended is a record"), transaction.atomic():
        one.update(ended_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        one.update(wrong=0, accepted=1)


def test_the_audit_keeps_it_proven_until_the_exact_bound_breaks(
    version: PipelineVersion,
) -> None:
    proof = proven(version, target=0.98, confidence=0.95)
    generation = make_generation(fields=sure_fields(0.99), disposition="auto_accept")
    for _ in range(20):
        record_audit(generation, wrong=False)
    record_audit(generation, wrong=True)
    proof.refresh_from_db()
    # 1 of 21: the lower bound is .0024; 2 of 22: .0164; 3 of 23: .0375 > .02.
    assert (proof.audited, proof.audited_wrong, proof.ended_at) == (21, 1, None)
    record_audit(generation, wrong=True)
    proof.refresh_from_db()
    assert proof.ended_at is None
    ended = record_audit(generation, wrong=True)
    assert ended is not None
    assert (ended.ended_because, ended.audited_wrong) == ("audit_missed_target", 3)
    assert record_audit(generation, wrong=True) is None


def told(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("prove_acceptance", *args, stdout=out, **options)
    return out.getvalue()


def test_the_command_says_what_was_found(version: PipelineVersion) -> None:
    with pytest.raises(CommandError, match="golden_freeze"):
        told(str(version), "receipt")
    accepted(24)
    frozen()
    assert "label 423 more" in told(str(version), "receipt")
    assert told(str(version), "receipt", **MODEST).startswith("Proven: 80.0%")
    found = json.loads(told(str(version), "receipt", json=True, **MODEST))
    assert (found["proven"], found["missing"], found["threshold"]) == (True, 0, 0.99)
    with pytest.raises(CommandError, match="knows no document type"):
        told(str(version), "poem")
