from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog import fsck
from catalog.models import LedgerEntry, ScrubFinding, ScrubRun
from pipeline import tasks
from pipeline.models import Run
from tests.factories import make_generation, make_tenant, make_user


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


@pytest.mark.django_db
def test_readiness_tells_of_the_last_check_and_does_not_hang_on_it(
    client: Client,
) -> None:
    assert client.get("/readyz").json()["last_fsck"]["full"] is None
    run = fsck.begin(mode="full")
    fsck.go_on(run)
    ScrubRun.objects.filter(pk=run.pk).update(
        finished_at=timezone.now() - timedelta(days=400),
        cursor={"found": {"blob_damaged": 2}},
    )

    response = client.get("/readyz")

    assert response.status_code == 200
    last = response.json()["last_fsck"]["full"]
    assert last["age_seconds"] >= 400 * 86400
    assert last["found"] == {"blob_damaged": 2}


@pytest.mark.django_db
def test_the_health_page_is_for_operators(client: Client) -> None:
    assert client.get("/health/").status_code == 302
    client.force_login(make_user("carol", make_tenant("harbour"), is_staff=True))
    assert client.get("/health/").status_code == 403


@pytest.mark.django_db
def test_the_health_page_shows_checks_and_the_ledger_head(client: Client) -> None:
    client.force_login(make_user("root", is_superuser=True))
    assert "never checked at once" in client.get("/health/").content.decode()
    make_generation()
    run = fsck.begin(mode="full")
    fsck.go_on(run)
    sample = fsck.begin(mode="sample", share=0.02)
    ScrubFinding.objects.create(
        run=sample, check_name="blob_damaged", subject="sha256/x", detail="Restore it."
    )
    ScrubRun.objects.filter(pk=sample.pk).update(cursor={"found": {"blob_damaged": 1}})
    head = LedgerEntry.objects.all().head()
    assert head is not None

    page = client.get("/health/").content.decode()

    assert f"{head.sequence}:{head.hash}" in page
    assert "1 blob_damaged" in page
    assert "sha256/x" in page
    assert "2.0 % of the sources" in page


@pytest.mark.django_db
def test_a_sample_is_checked_every_day(settings: Settings) -> None:
    settings.SCRUB_SHARE = 1.0
    make_generation()

    tasks.scrub()

    last = ScrubRun.objects.finished().first()
    assert last is not None
    assert (last.mode, last.share, last.found) == ("sample", 1.0, {})


@pytest.mark.django_db
def test_a_long_check_goes_on_in_the_next_slice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 1e-9)
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "pipeline.queue.enqueue", lambda task, lane: asked.append((task, lane))
    )
    make_generation()

    tasks.scrub()

    assert asked == [("pipeline.tasks.scrub", "batch")]
    assert ScrubRun.objects.get().finished_at is None
