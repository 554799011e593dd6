"""The catalog's questions over the API: who may ask, and of whom it tells."""

from __future__ import annotations

import json
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import DerivedArtifact, SourceMedia, VersionTally
from tests.corpus import make_corpus
from tests.factories import make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(db: None) -> User:
    return make_user("mara", make_tenant("harbour"), role="manager")


def test_the_matrix_is_of_the_tenants_that_one_leads(
    client: Client, mara: User
) -> None:
    harbour = make_corpus(1)["harbour"]
    client.force_login(mara)

    told = client.get("/api/v1/mixed-versions/?by=tenant").json()

    (line,) = VersionTally.objects.of_tenants([harbour.pk]).matrix("tenant").lines
    assert [row["tenant"] for row in told["lines"]] == ["harbour"]
    assert told["lines"][0]["generations"] == line.generations
    assert sum(v["generations"] for v in told["versions"]) == line.generations


def test_only_mixed_lines_on_request(client: Client, mara: User) -> None:
    make_corpus(1)
    client.force_login(mara)

    told = client.get("/api/v1/mixed-versions/?by=template&mixed=true").json()

    assert all(x["mixed"] or x["several_models"] for x in told["lines"])
    assert told["mixed"] == sum(x["mixed"] for x in told["lines"])


def test_mixed_sources_come_by_pages(client: Client, mara: User) -> None:
    harbour = make_corpus(1)["harbour"]
    client.force_login(mara)
    expected = SourceMedia.objects.with_mixed_versions().filter(tenant=harbour)

    rows, address = [], "/api/v1/mixed-versions/sources/?page_size=1"
    while address:
        page = client.get(address).json()
        assert page["count"] == expected.count()
        rows += page["results"]
        address = page["next"]

    assert [r["source_id"] for r in rows] == sorted(str(s.pk) for s in expected)
    assert all(len(makes) > 1 for r in rows for makes in r["kinds"].values())


@pytest.mark.parametrize("path", ["mixed-versions/", "mixed-versions/sources/"])
def test_reviewers_may_not_ask(client: Client, alice: User, path: str) -> None:
    client.force_login(alice)

    answer = client.get(f"/api/v1/{path}")

    assert answer.status_code == 403
    assert "managers and admins" in answer.json()["detail"]


def test_a_foreign_tenant_is_not_there(client: Client, mara: User) -> None:
    make_tenant("meadow")
    client.force_login(mara)

    answers = [
        client.get(f"/api/v1/mixed-versions/?tenant={slug}")
        for slug in ("meadow", "nowhere")
    ]

    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_lineage_is_given_whole(client: Client, alice: User, charlie: User) -> None:
    make_corpus(1)
    total = DerivedArtifact.objects.filter(
        kind="field", source__tenant__slug="harbour"
    )[0]
    address = f"/api/v1/artifacts/{total.pk}/lineage/"

    client.force_login(alice)
    answer = client.get(address)
    told = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert {node["what"] for node in told["nodes"]} == {"original", "artifact"}
    assert str(total.pk) in {edge["made"] for edge in told["edges"]}

    client.force_login(charlie)
    assert client.get(address).status_code == 404
    unknown = f"/api/v1/artifacts/{uuid.uuid4()}/lineage/"
    assert client.get(unknown).status_code == 404
