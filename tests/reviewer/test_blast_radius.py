"""The blast radius by command and API: exact, whole, and of one's own tenants."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import DeliveredArtifact, DerivedArtifact, Generation, State
from catalog.services import record_delivery
from catalog.slices import Slice
from reviewer import affected
from reviewer.models import ReviewTask
from tests.corpus import make_corpus
from tests.factories import make_task, make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(db: None) -> User:
    return make_user("mara", make_tenant("harbour"), role="manager")


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("blast_radius", *words, stdout=out)
    return out.getvalue()


def current(slug: str) -> list[Generation]:
    found = Generation.objects.filter(state=State.CURRENT, source__tenant__slug=slug)
    return list(found)


def test_open_reviews_are_counted(mara: User) -> None:
    for _ in range(3):
        make_task(make_tenant("harbour"))
    done = ReviewTask.objects.first()
    assert done is not None
    ReviewTask.objects.filter(pk=done.pk).update(state="withdrawn")
    make_task(make_tenant("meadow"))

    told = json.loads(command("--json", "--template-key", "t-000000000001"))

    assert told["open_review_tasks"] == 3
    by_tenant = {row["tenant"]: row["open_review_tasks"] for row in told["tenants"]}
    assert by_tenant == {"harbour": 2, "meadow": 1}


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_every_source_is_listed(
    form: str, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    make_corpus(1)
    monkeypatch.setattr(affected, "BATCH", 4)

    text = command("--sources", form, "--state", "any")

    rows: list[dict[str, Any]] = (
        list(csv.DictReader(io.StringIO(text)))
        if form == "csv"
        else [json.loads(line) for line in text.splitlines()]
    )
    expected = sorted({str(g.source_id) for g in Generation.objects.all()})
    assert [row["source_id"] for row in rows] == expected
    told = {
        str(row.artifact.source_id)
        for row in DeliveredArtifact.objects.select_related("artifact")
    }
    assert {r["source_id"] for r in rows if str(r["told"]) == "True"} == told


def test_told_and_untold_are_the_whole(db: None) -> None:
    make_corpus(2)

    found = {
        shown: {a.generation.source_id for a in affected.every_source(WHOLE, shown)}
        for shown in ("all", "told", "untold")
    }

    assert found["told"]
    assert found["untold"]
    assert not found["told"] & found["untold"]
    assert found["told"] | found["untold"] == found["all"]


WHOLE = Slice()


def test_the_tables_say_who_was_told(mara: User) -> None:
    task = make_task(make_tenant("harbour"))
    artifact = DerivedArtifact.objects.get(generation=task.generation, slot="total")
    record_delivery(
        tenant=task.tenant, recipient=mara, form="csv", artifact_ids=[artifact.pk]
    )

    table = command()

    assert "mara" in table
    assert "open reviews" in table
    assert "Nobody was told" in command("--template-key", "t-none")


def test_a_time_that_is_none_is_said(db: None) -> None:
    with pytest.raises(CommandError, match="is no time"):
        command("--since", "yesterday")


def test_the_api_counts_and_lists_the_same(client: Client, mara: User) -> None:
    make_corpus(1)
    client.force_login(mara)
    query = "pipeline_name=doc-extract&document_type=invoice"

    told = client.get(f"/api/v1/blast-radius/?{query}").json()
    own = {
        str(g.source_id)
        for g in current("harbour")
        if (g.pipeline_name, g.document_type) == ("doc-extract", "invoice")
    }
    assert told["sources"] == len(own)
    assert [row["tenant"] for row in told["tenants"]] == ["harbour"]

    for only, name in (("all", "sources"), ("told", "told_sources")):
        rows: list[str] = []
        address = f"/api/v1/blast-radius/sources/?{query}&only={only}&page_size=3"
        while address:
            page = client.get(address).json()
            assert page["count"] == told[name]
            rows += [row["source_id"] for row in page["results"]]
            address = page["next"]
        assert len(rows) == len(set(rows)) == told[name]
        assert set(rows) <= own


def test_an_empty_template_is_not_any_template(client: Client, mara: User) -> None:
    make_corpus(1)
    client.force_login(mara)

    told = client.get("/api/v1/blast-radius/?template_key=").json()

    expected = {g.source_id for g in current("harbour") if not g.template_key}
    assert told["sources"] == len(expected)
    assert told["slice"]["template_key"] == ""


@pytest.mark.parametrize("path", ["blast-radius/", "blast-radius/sources/"])
def test_reviewers_and_strangers_learn_nothing(
    client: Client, alice: User, charlie: User, mara: User, path: str
) -> None:
    client.force_login(alice)
    assert client.get(f"/api/v1/{path}").status_code == 403
    client.force_login(charlie)
    assert client.get(f"/api/v1/{path}?tenant=harbour").status_code == 404
    client.force_login(mara)
    assert client.get(f"/api/v1/{path}?tenant=meadow").status_code == 404
    assert client.get(f"/api/v1/{path}?since=yesterday").status_code == 400
