"""What templates are called on the pages about versions."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Tenant
from catalog.services import NewArtifact, Reading, store_generation
from reviewer.template_names import template_names
from tests.factories import field_artifact, make_source, make_tenant, make_user

pytestmark = pytest.mark.django_db
KEY = "t-4f2a"
WORDS = NewArtifact("ocr", "page=1", "ocr", payload={"page": 1})


def sent_by(tenant: Tenant, sender: str, *, key: str = KEY) -> None:
    fields = [field_artifact("supplier_name", sender, value_type="name")]
    store_generation(
        source=make_source(tenant=tenant),
        reading=Reading(
            pipeline_name="doc-extract",
            pipeline_version="1.0.0",
            complete=True,
            disposition="auto_accept",
            reason="all_critical_verified",
            document_type="invoice",
            template_key=key,
            artifacts=[WORDS, *fields] if sender else [WORDS],
        ),
    )


def test_by_the_most_frequent_sender_in_ones_own_tenants() -> None:
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    for sender in ("Tern & Tide", "Brackwater Ltd", "Brackwater Ltd"):
        sent_by(harbour, sender)
    for _ in range(4):
        sent_by(meadow, "Somebody Else")
    sent_by(harbour, "", key="t-none")
    wanted = [KEY, "t-none", "t-unknown", ""]
    assert template_names(wanted, (harbour.pk,)) == {
        KEY: "Brackwater Ltd, invoice",
        "t-none": "Invoice",
    }
    assert template_names([KEY], (meadow.pk,)) == {KEY: "Somebody Else, invoice"}
    assert template_names([KEY], None) == {KEY: "Somebody Else, invoice"}
    assert template_names([], None) == {}


def test_the_matrix_names_them_with_the_key_beside(client: Client) -> None:
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    sent_by(harbour, "Brackwater Ltd")
    sent_by(meadow, "Somebody Else")
    client.force_login(make_user("mara", harbour, role="manager"))
    page = client.get("/versions/?by=template").content.decode()
    assert "Brackwater Ltd, invoice" in page
    assert KEY in page
    assert "Somebody Else" not in page
