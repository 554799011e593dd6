"""What random audits prove, and how many are drawn for it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Generation, Tenant
from pipeline.models import PipelinePolicy
from reviewer import audit_sizing, auditing, services
from reviewer.models import ReviewTask, Verdict
from reviewer.proof_sections import audits_context
from reviewer.tasks import size_audits
from tests.factories import make_run, make_source, make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.differing import reads
from tests.reviewer.second_looking import confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


def policy(**more: object) -> PipelinePolicy:
    return PipelinePolicy.objects.create(name="doc-extract", **more)


def accepted(tenant: Tenant) -> Generation:
    run = make_run(
        make_source(tenant),
        disposition="auto_accept",
        reason="all_critical_verified",
        fields=reads(),
    )
    assert run.generation is not None
    return run.generation


def audited(tenant: Tenant, user: User) -> ReviewTask:
    """A document that was drawn, and confirmed."""
    task = ReviewTask.objects.get(generation=accepted(tenant))
    confirm(task, user)
    return task


def test_each_field_has_its_bound(harbour: Tenant, alice: User) -> None:
    policy(audit_share=1, audit_bound=0.3)
    for _ in range(3):
        audited(harbour, alice)
    task = ReviewTask.objects.get(generation=accepted(harbour))
    answered(
        task,
        alice,
        say("total", Verdict.CORRECT, "25.30"),
        say("date", Verdict.UNREADABLE),
        say("company", Verdict.CONFIRM),
    )

    rows = {row.slot: row for row in audit_sizing.field_audits()}
    # ln .05 / ln .7 = 8.4: nine without an error; fourteen with one.
    assert (rows["company"].seen.audited, rows["company"].left) == (4, 5)
    assert (rows["date"].seen.audited, rows["date"].left) == (3, 6)
    assert (rows["total"].seen.wrong, rows["total"].needed) == (1, 14)
    assert rows["company"].bound == pytest.approx(1 - 0.05**0.25)
    assert rows["company"].promised
    # Four in the last thirty days: five more take 38.
    when = rows["company"].when
    assert when is not None
    assert timedelta(days=37) < when - timezone.now() < timedelta(days=39)
    # The one that needs most comes first.
    assert next(iter(rows)) == "total"


def test_without_a_promise_an_example_is_shown(harbour: Tenant, alice: User) -> None:
    policy(audit_share=1)
    audited(harbour, alice)
    row = audit_sizing.field_audits()[0]
    assert (row.target, row.promised, row.needed) == (0.005, False, 598)


def test_other_tenants_audits_are_not_told(harbour: Tenant, alice: User) -> None:
    policy(audit_share=1)
    audited(harbour, alice)
    assert audit_sizing.field_audits([make_tenant("meadow").pk]) == []


class TestTheShare:
    def test_without_a_bound_it_is_the_policys(self, harbour: Tenant) -> None:
        policy(audit_share=0.25)
        accepted(harbour)
        assert audit_sizing.resize("doc-extract") is None
        assert auditing.share_of("doc-extract") == 0.25

    def test_it_is_what_proves_the_bound_in_its_time(self, harbour: Tenant) -> None:
        policy(audit_share=0, audit_bound=0.5, audit_days=30)
        for _ in range(20):
            accepted(harbour)
        # Five of the twenty that come in thirty days.
        assert audit_sizing.resize("doc-extract") == 0.25
        assert auditing.share_of("doc-extract") == 0.25
        PipelinePolicy.objects.update(audit_days=60)
        assert audit_sizing.resize("doc-extract") == 0.125

    def test_it_is_never_less_than_the_policys(self, harbour: Tenant) -> None:
        policy(audit_share=0.4, audit_bound=0.5)
        for _ in range(20):
            accepted(harbour)
        audit_sizing.resize("doc-extract")
        assert auditing.share_of("doc-extract") == 0.4

    def test_what_is_proven_asks_for_no_more(
        self, harbour: Tenant, alice: User
    ) -> None:
        policy(audit_share=1, audit_bound=0.5)
        for _ in range(5):
            audited(harbour, alice)
        assert audit_sizing.resize("doc-extract") == 0

    def test_with_too_few_documents_all_are_drawn(self, harbour: Tenant) -> None:
        policy(audit_share=0, audit_bound=0.01)
        accepted(harbour)
        assert audit_sizing.resize("doc-extract") == 1

    def test_a_larger_one_draws_more_of_what_is_out_already(
        self, harbour: Tenant
    ) -> None:
        policy(audit_share=0, audit_bound=0.5)
        for _ in range(40):
            accepted(harbour)
        assert not ReviewTask.objects.exists()
        size_audits()

        drawn = set(ReviewTask.objects.values_list("source_id", flat=True))
        share = auditing.share_of("doc-extract")
        assert share == 0.125
        sources = Generation.objects.values_list("source_id", flat=True)
        assert drawn == {one for one in sources if auditing.is_chosen(one, share)}
        PipelinePolicy.objects.update(audit_share=0.6)
        services.open_due_audits(pipeline_name="doc-extract")
        assert drawn < set(ReviewTask.objects.values_list("source_id", flat=True))
        # Nothing is drawn twice.
        assert services.open_due_audits(pipeline_name="doc-extract") == 0

    @pytest.mark.parametrize("bound", [0, 1, -0.5])
    def test_a_bound_is_a_share(self, bound: float) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            policy(audit_bound=bound)


def test_command_page_and_api(client: Client, harbour: Tenant, alice: User) -> None:
    policy(audit_share=1, audit_bound=0.02)
    audited(harbour, alice)
    out = StringIO()
    call_command("audits", "--json", stdout=out)
    told = {row["field"]: row for row in json.loads(out.getvalue())}
    assert (told["total"]["needed"], told["total"]["left"]) == (149, 148)
    out = StringIO()
    call_command("audits", "--size", tenant="harbour", stdout=out)
    assert "doc-extract: 100.0%, 0 opened" in out.getvalue()
    assert "148" in out.getvalue()

    html = render_to_string("review/_proof_audits.html", audits_context([harbour]))
    words = " ".join(html.split())
    assert "148 of 149" in words
    assert "Without an error 598 checks prove" in words
    empty = audits_context([make_tenant("meadow")])
    assert "has been checked yet" in render_to_string(
        "review/_proof_audits.html", empty
    )

    url = "/api/v1/proof/audits/"
    client.force_login(alice)
    assert client.get(url).status_code == 403
    client.force_login(make_user("mona", harbour, "manager"))
    proof = client.get(reverse("proof")).content.decode()
    assert "Wrong after review" in proof
    assert "148 of 149" in proof
    assert len(client.get(url).json()["fields"]) == 3
    client.force_login(make_user("nora", make_tenant("meadow"), "manager"))
    assert client.get(url).json()["fields"] == []
