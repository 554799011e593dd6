"""How a version becomes active: by its gate, back to it, or by somebody's reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from pipeline.models import Activation, Gate, PipelineVersion, Reprocess
from tests.factories import make_tenant, make_user, make_version

URL = "/admin/pipeline/pipelineversion/"


@pytest.fixture
def operator(db: None, client: Client) -> User:
    user = make_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def newer(operator: User) -> PipelineVersion:
    """Released, beside an active 1.0.0."""
    make_version()
    return make_version(active=False, version="1.1.0")


def make_gate(
    version: PipelineVersion, *, signed_by: User | None = None, fit: bool = True
) -> Gate:
    """Measured, and signed if somebody did."""
    reprocess = Reprocess.objects.create(
        pipeline_version=version, seed=1, state="finished"
    )
    gate = Gate.objects.create(reprocess=reprocess)
    whole = dict.fromkeys(("disagreeing", "labelled", "better", "worse"), 0)
    gate.slices.create(margin=0.05, population=60, compared=60, verdict="pass", **whole)
    gate.measured_at, gate.fit_to_activate = timezone.now(), fit
    gate.save()
    if signed_by is not None:
        gate.signed_by, gate.signed_at = signed_by, timezone.now()
        gate.report_digest = "0" * 64
        gate.save()
    return gate


def page_of(client: Client, version: PipelineVersion) -> str:
    return client.get(f"{URL}{version.pk}/activate/").content.decode()


def activate(client: Client, version: PipelineVersion, how: str, note: str = "") -> Any:
    data = {"how": how, "note": note}
    response = client.post(f"{URL}{version.pk}/activate/", data, follow=True)
    version.refresh_from_db()
    return response


def test_without_a_reprocess_the_page_says_what_to_do(
    client: Client, newer: PipelineVersion
) -> None:
    text = page_of(client, newer)

    assert "reprocess a sample to it" in text
    assert "Activate by the signed gate" not in text
    assert "doc-extract@1.0.0 reads what comes in now." in text


def test_a_gate_that_nobody_signed_does_not_activate(
    client: Client, operator: User, newer: PipelineVersion
) -> None:
    make_gate(newer)

    text = page_of(client, newer)
    response = activate(client, newer, "gate")

    assert "waits for a signature" in text
    assert "Activate by the signed gate" not in text
    assert not newer.active
    assert "has not passed its gate, or nobody signed" in response.content.decode()


def test_a_signed_gate_activates(
    client: Client, operator: User, newer: PipelineVersion
) -> None:
    gate = make_gate(newer, signed_by=operator)
    assert "Activate by the signed gate" in page_of(client, newer)

    activate(client, newer, "gate")

    assert newer.active
    row = Activation.objects.get(pipeline_version=newer)
    assert (row.reason, row.gate, row.actor) == ("gate", gate, operator)


def test_without_a_gate_somebody_must_say_why(
    client: Client, newer: PipelineVersion
) -> None:
    refused = activate(client, newer, "unguarded")

    assert refused.status_code == 422
    assert "Write down why" in refused.content.decode()
    assert not newer.active


def test_what_happened_without_a_gate_stays_marked(
    client: Client, operator: User, newer: PipelineVersion
) -> None:
    response = activate(client, newer, "unguarded", "the old engine is gone")

    assert newer.active
    text = response.content.decode()
    assert "the old engine is gone" in text
    assert "now, without a gate" in client.get(URL).content.decode()
    listed = client.get("/admin/pipeline/activation/").content.decode()
    assert '<span class="pl-doubt">somebody answered for it' in listed
    first = PipelineVersion.objects.get(version="1.0.0")
    activate(client, first, "return")
    assert "once without a gate" in client.get(URL).content.decode()


def test_a_return_needs_no_gate_but_is_one(
    client: Client, operator: User, newer: PipelineVersion
) -> None:
    first = PipelineVersion.objects.get(version="1.0.0")
    refused = activate(client, newer, "return")
    assert "has not passed a gate" in refused.content.decode()
    activate(client, newer, "unguarded", "for this test")

    assert "Return to doc-extract@1.0.0" in page_of(client, first)
    activate(client, first, "return")

    assert first.active
    newest = Activation.objects.filter(pipeline_version=first).first()
    assert newest is not None
    assert newest.reason == "return"


def test_activations_are_looked_at_and_not_changed(
    client: Client, newer: PipelineVersion
) -> None:
    row = Activation.objects.get()
    page = f"/admin/pipeline/activation/{row.pk}/change/"

    assert client.get(page).status_code == 200
    assert client.post(page, {}).status_code == 403


@pytest.mark.parametrize("page", ["activate", "do"])
def test_only_operators_activate(
    client: Client, newer: PipelineVersion, page: str
) -> None:
    ada = make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)
    client.force_login(ada)

    response = client.post(
        f"{URL}{newer.pk}/{page}/", {"what": "retire", "how": "return"}
    )

    assert response.status_code == 403
    newer.refresh_from_db()
    assert newer.state == "released"


def test_the_buttons_of_a_versions_page_do_it(
    client: Client, newer: PipelineVersion
) -> None:
    client.post(f"{URL}{newer.pk}/do/", {"what": "retire"})
    newer.refresh_from_db()
    assert newer.state == "retired"

    response = client.post(f"{URL}{newer.pk}/do/", {"what": "draft"}, follow=True)
    draft = PipelineVersion.objects.get(state="draft")
    assert response.redirect_chain[-1][0] == f"{URL}{draft.pk}/change/"

    client.post(f"{URL}{draft.pk}/do/", {"what": "release"})
    draft.refresh_from_db()
    assert (draft.state, bool(draft.digest)) == ("released", True)
    assert client.post(f"{URL}{draft.pk}/do/", {"what": "fly"}).status_code == 404
