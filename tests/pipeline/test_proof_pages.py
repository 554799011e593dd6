"""Where people see what is proven of automatic acceptance, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from pipeline.acceptance import wording
from pipeline.models import AcceptanceProof, PipelinePolicy, PipelineVersion
from tests.factories import make_user, make_version

pytestmark = pytest.mark.django_db
PROOFS = "/admin/pipeline/acceptanceproof/"


@pytest.fixture
def operator(client: Client) -> User:
    user = make_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def version() -> PipelineVersion:
    return make_version()


def make_proof(version: PipelineVersion, **given: Any) -> AcceptanceProof:
    usual = {
        "document_type": "invoice",
        "target": 0.98,
        "confidence": 0.95,
        "threshold": 0.9,
        "cases": 600,
        "accepted": 512,
        "wrong": 1,
        "proven": True,
    }
    return AcceptanceProof.objects.create(pipeline_version=version, **usual | given)


def policy(*, required: bool = True) -> PipelinePolicy:
    return PipelinePolicy.objects.create(name="doc-extract", proof_required=required)


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_a_proof_is_said_in_a_sentence(version: PipelineVersion) -> None:
    proof = make_proof(version)
    assert wording.sentence(proof) == "invoice: 98 % proven by 512 documents"
    proof.audited, proof.audited_wrong = 40, 6
    proof.ended_at, proof.ended_because = timezone.now(), "audit_missed_target"
    said = wording.sentence(proof)
    assert "40 audited since, 6 of them wrong, ended by an audit on " in said
    tried = make_proof(version, document_type="receipt", proven=False, wrong=30)
    assert wording.sentence(tried) == (
        "receipt: 98 % not proven; of 512 documents 30 were wrong"
    )


@pytest.mark.usefixtures("operator")
def test_the_admin_lists_proofs_and_changes_none(
    client: Client, version: PipelineVersion
) -> None:
    proof = make_proof(version)
    assert "invoice: 98 % proven by 512 documents" in page(client, PROOFS)
    shown = page(client, f"{PROOFS}{proof.pk}/change/")
    assert "It stands." in shown
    assert 'name="_save"' not in shown
    assert client.get(f"{PROOFS}add/").status_code == 403
    assert client.post(f"{PROOFS}{proof.pk}/delete/").status_code == 403


@pytest.mark.usefixtures("operator")
def test_the_policy_says_what_is_proven_last(
    client: Client, version: PipelineVersion
) -> None:
    policy()
    make_proof(version, ended_at=timezone.now(), ended_because="audit_missed_target")
    make_proof(version, document_type="receipt")
    shown = page(client, "/admin/pipeline/pipelinepolicy/doc-extract/change/")
    assert "invoice: 98 % proven by 512 documents, ended by an audit on " in shown
    assert "receipt: 98 % proven by 512 documents (1.0.0)" in shown
    missing = shown.partition("No proof stands for ")[2].partition(":")[0]
    assert "invoice" in missing
    assert "receipt" not in missing


@pytest.mark.usefixtures("operator")
def test_health_warns_where_a_proof_is_required_and_none_stands(
    client: Client, version: PipelineVersion
) -> None:
    required = policy(required=False)
    assert "Every proof that a policy asks for stands." in page(client, "/health/")
    required.proof_required = True
    required.save()
    for name in wording.unproven(required)[1:]:
        make_proof(version, document_type=name)
    [missing] = wording.unproven(required)
    shown = page(client, "/health/")
    assert f"none stands for {missing}" in shown
    assert f"prove_acceptance doc-extract {missing}" in shown
    make_proof(version, document_type=missing)
    assert "Every proof that a policy asks for stands." in page(client, "/health/")


def test_a_proof_that_proves_nothing_does_not_stand(version: PipelineVersion) -> None:
    required = policy()
    before = wording.unproven(required)
    make_proof(version, document_type=before[0], proven=False, wrong=30)
    assert wording.unproven(required) == before
