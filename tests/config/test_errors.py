"""What is answered when the database is away, and when the fault is ours."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from catalog.models.derived_artifact import DerivedArtifactQuerySet
from tests.factories import make_tenant, make_user

pytestmark = pytest.mark.django_db
ADDRESSES = ["/api/v1/artifacts/", "/sources/"]


@pytest.fixture
def client() -> Client:
    user: User = make_user("alice", make_tenant("harbour"))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def breaking_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(DerivedArtifactQuerySet, "visible_to", fail)
    monkeypatch.setattr("reviewer.views.sources.render", fail)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_database_that_is_away_is_said_to_be(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    breaking_with(monkeypatch, OperationalError("terminating connection: host db7"))

    answer = client.get(address)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"try again" in answer.content
    assert b"db7" not in answer.content


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_defect_stays_one(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    breaking_with(monkeypatch, RuntimeError("ours"))

    assert client.get(address).status_code == 500
