"""An error that a full check found: put right, and looked for in documents like it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from catalog.models import Generation, Tenant
from catalog.services import Reading
from pipeline.models import AcceptanceProof, PipelinePolicy, PipelineVersion
from reviewer import audit_sizing, services, wording
from reviewer.exports import export
from reviewer.models import ReviewTask, Sibling, Verdict
from reviewer.names import FieldNames
from reviewer.services import siblings
from tests.factories import make_run, make_source, make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.differing import reads
from tests.reviewer.second_looking import confirm

pytestmark = pytest.mark.django_db
AUDIT = ReviewTask.Asks.AUDIT


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


def accepted(tenant: Tenant, **more: Any) -> Generation:
    run = make_run(
        make_source(tenant),
        disposition="auto_accept",
        reason="all_critical_verified",
        fields=reads(),
        **more,
    )
    assert run.generation is not None
    return run.generation


@pytest.fixture
def found(harbour: Tenant) -> ReviewTask:
    """An open full check, drawn at random; nothing else is drawn."""
    policy = PipelinePolicy.objects.create(name="doc-extract", audit_share=1)
    generation = accepted(harbour)
    policy.audit_share = 0
    policy.save()
    return ReviewTask.objects.get(generation=generation)


@contextmanager
def in_layout(template_key: str) -> Iterator[None]:
    def reading(**given: Any) -> Reading:
        return Reading(**{**given, "template_key": template_key})

    with mock.patch("tests.factories.Reading", reading):
        yield


def wrong(task: ReviewTask, user: User, total: str = "25.30") -> None:
    rest = task.items.exclude(slot="total").values_list("slot", flat=True)
    answered(
        task,
        user,
        *[say(slot, Verdict.CONFIRM) for slot in rest],
        say("total", Verdict.CORRECT, total),
    )


def opened() -> list[ReviewTask]:
    return [one.task for one in Sibling.objects.select_related("task")]


def test_documents_like_it_are_asked_about_the_wrong_field(
    found: ReviewTask, harbour: Tenant, alice: User
) -> None:
    alike = accepted(harbour)
    wrong(found, alice)

    [task] = opened()
    assert (task.generation, task.asks, task.state) == (alike, AUDIT, "open")
    [item] = task.items.all()
    assert (item.slot, item.reason) == ("total", "sibling_of_error")
    assert Sibling.objects.get().cause == found
    why = wording.why(task, [item], FieldNames.now())
    assert why == "Total: one like it was wrong, and this one may be too."


def test_where_all_is_right_nothing_is_opened(
    found: ReviewTask, harbour: Tenant, alice: User
) -> None:
    accepted(harbour)
    confirm(found, alice)

    assert opened() == []


def test_only_what_is_alike_and_unseen(
    found: ReviewTask, harbour: Tenant, alice: User
) -> None:
    accepted(make_tenant("meadow"))
    accepted(harbour, document_type="invoice")
    with in_layout("t-000000000002"):
        accepted(harbour)
    # People look at this one anyway.
    make_run(make_source(harbour), fields=reads())
    seen = accepted(harbour)
    services.reopen(user=alice, source_id=seen.source_id)
    wrong(found, alice)

    assert opened() == []
    assert not siblings.siblings_left(found).exists()


def test_what_has_no_layout_has_nothing_alike(harbour: Tenant, alice: User) -> None:
    PipelinePolicy.objects.create(name="doc-extract", audit_share=1)
    with in_layout(""):
        found = ReviewTask.objects.get(generation=accepted(harbour))
        PipelinePolicy.objects.update(audit_share=0)
        accepted(harbour)
    wrong(found, alice)

    assert opened() == []


def test_a_bounded_number_is_opened_and_the_rest_is_told(
    found: ReviewTask,
    harbour: Tenant,
    alice: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(services.open_siblings.__wrapped__.__kwdefaults__, "most", 2)  # type: ignore[attr-defined]
    for _ in range(6):
        accepted(harbour)
    wrong(found, alice)
    assert len(opened()) == 2
    assert siblings.siblings_left(found).count() == 4

    mona = make_user("mona", harbour, "manager")
    url = reverse("task-open-siblings", args=[found.pk])
    client.force_login(alice)
    assert client.post(url).status_code == 403
    page = client.get(reverse("source", args=[found.source_id])).content.decode()
    assert "A full check found an error here: Total." in page
    assert "4 more are like it" in " ".join(page.split())
    assert "more</button>" not in page
    client.force_login(make_user("nora", make_tenant("meadow"), "manager"))
    assert client.post(url).status_code == 404
    client.force_login(mona)
    assert client.post(url).status_code == 302
    assert len(opened()) == 4
    call_command("audits", siblings=str(found.pk), most=5)
    assert "2 opened, 0 like it are left." in capsys.readouterr().out


def test_a_sibling_that_is_wrong_is_put_right_and_has_siblings_of_its_own(
    found: ReviewTask,
    harbour: Tenant,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(services.open_siblings.__wrapped__.__kwdefaults__, "most", 1)  # type: ignore[attr-defined]
    for _ in range(2):
        accepted(harbour)
    wrong(found, alice)
    [first] = opened()
    answered(first, alice, say("total", Verdict.CORRECT, "99.10"))

    assert len(opened()) == 2
    lines = "".join(export(tenant=harbour, recipient=alice, form="csv").lines)
    assert "99.10" in lines
    assert "25.30" in lines


def test_siblings_count_in_no_proof(
    found: ReviewTask, harbour: Tenant, alice: User
) -> None:
    proof = AcceptanceProof.objects.create(
        pipeline_version=PipelineVersion.objects.get(),
        document_type="receipt",
        target=0.5,
        confidence=0.95,
        threshold=0.1,
        cases=200,
        accepted=200,
        wrong=0,
        proven=True,
    )
    for _ in range(3):
        accepted(harbour)
    wrong(found, alice)
    for task in opened():
        answered(task, alice, say("total", Verdict.CORRECT, "1.00"))

    proof.refresh_from_db()
    assert (proof.audited, proof.audited_wrong) == (1, 1)
    rows = {row.slot: row.seen for row in audit_sizing.field_audits()}
    assert (rows["total"].audited, rows["total"].wrong) == (1, 1)
    assert (rows["date"].audited, rows["date"].wrong) == (1, 0)


def test_a_source_page_tells_of_both_ends(
    found: ReviewTask, harbour: Tenant, alice: User, client: Client
) -> None:
    alike = accepted(harbour)
    wrong(found, alice)
    client.force_login(alice)
    html = client.get(reverse("source", args=[found.source_id])).content.decode()
    assert "An error was found: 1 document like it are checked" not in html
    assert "An error was found: 1 document like it is checked" in html
    assert reverse("source", args=[alike.source_id]) in html
    html = client.get(reverse("source", args=[alike.source_id])).content.decode()
    assert "It is checked since one like it was wrong" in html


def test_nobody_can_change_what_opened_what(
    found: ReviewTask, harbour: Tenant, alice: User
) -> None:
    accepted(harbour)
    wrong(found, alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        Sibling.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Sibling.objects.update(cause=found)
