"""An artifact's page asks for it to be made again, and shows what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_q.models import OrmQ

from catalog.models import DerivedArtifact
from pipeline import tasks
from pipeline.models import ReplayObservation
from pipeline.reproducing import asking
from tests.factories import make_task, make_tenant

API = "/api/v1/artifacts/{}/reproduce/"


@pytest.fixture
def artifact(db: None) -> DerivedArtifact:
    """Its step is not one of the version's, so that nothing has to run."""
    task = make_task(make_tenant("harbour"))
    return DerivedArtifact.objects.get(generation=task.generation, slot="total")


def page(client: Client, artifact: DerivedArtifact, tail: str = "") -> Any:
    return client.get(f"/artifacts/{artifact.pk}/{tail}")


def test_a_worker_is_asked_and_the_page_waits(
    client: Client, alice: User, artifact: DerivedArtifact
) -> None:
    client.force_login(alice)
    assert "Nobody tried yet." in page(client, artifact).content.decode()

    response = client.post(f"/artifacts/{artifact.pk}/reproduce/", follow=True)

    text = response.content.decode()
    assert "Being made again" in text
    assert OrmQ.objects.count() == 1
    asked = response.redirect_chain[-1][0].partition("?")[2].partition("#")[0]
    tasks.reproduce(str(artifact.pk), str(alice.pk))
    text = page(client, artifact, f"replays/?{asked}").content.decode()
    assert "Being made again" not in text
    assert "It cannot be made again here: the code of its step" in text
    assert ReplayObservation.objects.get().asked_by == alice


def test_to_a_stranger_it_does_not_exist(
    client: Client, charlie: User, artifact: DerivedArtifact
) -> None:
    client.force_login(charlie)

    assert client.post(f"/artifacts/{artifact.pk}/reproduce/").status_code == 404
    assert page(client, artifact, "replays/").status_code == 404
    assert client.post(API.format(artifact.pk)).status_code == 404
    assert not ReplayObservation.objects.exists()


def test_a_strange_moment_in_the_address_is_no_error(
    client: Client, alice: User, artifact: DerivedArtifact
) -> None:
    client.force_login(alice)

    for asked in ("yesterday", "2026-99-99T00:00:00Z", "2026-01-01T00:00:00"):
        assert page(client, artifact, f"?asked={asked}").status_code == 200


def test_the_api_answers_with_the_verdict(
    client: Client, alice: User, artifact: DerivedArtifact
) -> None:
    client.force_login(alice)

    answer = client.post(API.format(artifact.pk)).json()

    assert answer["verdict"] == "NOT_RUNNABLE"
    assert answer["detail"] == {"why": "step_gone", "names": ["verify"]}
    assert client.get(API.format(artifact.pk)).status_code == 405
    refused = client.post(API.format(artifact.pk), {"times": 99})
    assert refused.status_code == 400


def test_nobody_asks_too_often(
    client: Client,
    alice: User,
    artifact: DerivedArtifact,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "AN_HOUR", 1)
    client.force_login(alice)
    client.post(API.format(artifact.pk))

    refused = client.post(API.format(artifact.pk))

    assert refused.status_code == 429
    assert "ask again later" in refused.json()["detail"]
    response = client.post(f"/artifacts/{artifact.pk}/reproduce/", follow=True)
    assert "ask again later" in response.content.decode()
    assert not OrmQ.objects.exists()


def test_one_at_a_time_in_a_process(
    client: Client, alice: User, artifact: DerivedArtifact
) -> None:
    client.force_login(alice)
    with asking._one_at_a_time:
        assert client.post(API.format(artifact.pk)).status_code == 503
