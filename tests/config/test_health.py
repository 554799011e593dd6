from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from pipeline.models import Run


def test_healthz_needs_no_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert body["checks"]["queue"]["oldest_seconds"] == {"interactive": 0, "batch": 0}


@pytest.mark.django_db
def test_unready_without_database_and_without_a_word_why(client: Client) -> None:
    error = OperationalError("connection to palimpsest:secret failed")
    with patch.object(connection, "cursor", side_effect=error):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == {"status": "fail"}
    assert b"secret" not in response.content


@pytest.mark.django_db
def test_unready_when_blobs_cannot_be_written(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    blobs = {
        "BACKEND": "catalog.stores.disk.DiskStore",
        "OPTIONS": {"location": str(tmp_path / "file")},
    }
    settings.STORAGES = {**settings.STORAGES, "blobs": blobs}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["storage"]["status"] == "fail"
    assert str(tmp_path) not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(("lane", "status"), [("interactive", 503), ("batch", 200)])
def test_unready_when_a_person_waits_long(
    client: Client, lane: str, status: int
) -> None:
    waiting = Run(requested_at=timezone.now() - timedelta(hours=1))
    with patch.object(Run.objects, "waiting") as query:
        query.side_effect = lambda asked: type(
            "Rows", (), {"first": lambda self: waiting if asked == lane else None}
        )()
        response = client.get("/readyz")
    assert response.status_code == status
    assert response.json()["checks"]["queue"]["status"] == (
        "ok" if status == 200 else "fail"
    )
