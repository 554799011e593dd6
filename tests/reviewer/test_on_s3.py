"""The whole way of a document with its bytes in a bucket, and with the bucket gone."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from catalog import blobs
from catalog.models import DerivedArtifact, Kind, SourceMedia
from catalog.services import register_source
from pipeline import runner, services, work
from pipeline.models import Run
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source, make_tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("s3_bucket")]


def run_of(source: SourceMedia) -> Run:
    version = ensure_built_in()
    ensured = services.ensure(
        source=source, version=version, lane="batch", enqueue=False
    )
    taken = work.take(run_id=ensured.run.pk)
    assert taken is not None
    return taken


@pytest.fixture
def lose_bucket(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda: monkeypatch.setattr(storages["blobs"], "bucket_name", "nowhere")


def test_a_document_is_kept_read_and_shown(client: Client, alice: User) -> None:
    data = pdf_of()
    source = register_source(
        tenant=make_tenant("harbour"), stream=io.BytesIO(data), name="invoice.pdf"
    ).source

    run = work.execute_run(run_of(source))

    assert (run.state, run.reason) != ("failed", "internal_error")
    picture = DerivedArtifact.objects.get(source=source, kind=Kind.PAGE_IMAGE)
    assert picture.payload_uri.startswith("sha256/")
    client.force_login(alice)
    answer = client.get(f"/artifacts/{picture.pk}/file")
    assert answer.status_code == 200
    assert answer.getvalue().startswith(b"\xff\xd8\xff")
    assert client.get(f"/sources/{source.pk}/original").getvalue() == data
    listed = {entry.content_hash for entry in blobs.entries()}
    assert {source.content_hash, picture.payload_hash} <= listed


def test_a_run_without_its_bucket_is_tried_again(lose_bucket: Any) -> None:
    run = run_of(make_source(data=pdf_of()))
    lose_bucket()

    run = work.execute_run(run)

    assert (run.state, run.attempts) == ("queued", 1)
    assert run.not_before is not None


def test_a_run_waits_for_its_bucket_for_an_hour_and_more(lose_bucket: Any) -> None:
    run = run_of(make_source(data=pdf_of()))
    lose_bucket()
    begin = now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        while work.execute_run(run).state == "queued":
            run.refresh_from_db()
            assert run.not_before is not None
            now = run.not_before
            clock.move_to(now)
            taken = work.take(run_id=run.pk)
            assert taken is not None
            run = taken
    assert now - begin > timedelta(hours=1)


def test_a_run_whose_results_find_no_bucket_stores_none_of_them(
    lose_bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(make_source(data=pdf_of()))
    real = runner.execute

    def execute(**given: Any) -> Any:
        execution = real(**given)
        lose_bucket()
        return execution

    monkeypatch.setattr(work, "execute", execute)
    run = work.execute_run(run)

    assert run.state == "queued"
    assert not DerivedArtifact.objects.exists()


def test_the_last_attempt_says_why(lose_bucket: Any) -> None:
    run = run_of(make_source(data=pdf_of()))
    Run.objects.filter(pk=run.pk).update(attempts=len(work.OUTAGE_PAUSES) + 1)
    run.refresh_from_db()
    lose_bucket()

    run = work.execute_run(run)

    assert (run.state, run.reason) == ("failed", "storage_unavailable")


def test_pages_say_that_the_bytes_cannot_be_had_now(
    client: Client, alice: User, lose_bucket: Any
) -> None:
    source = make_source(make_tenant("harbour"))
    client.force_login(alice)
    lose_bucket()

    for path in (
        f"/sources/{source.pk}/original",
        f"/api/v1/sources/{source.pk}/file/",
    ):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert b"try again in a minute" in answer.content


def test_an_upload_is_not_taken_while_it_cannot_be_kept(
    client: Client, alice: User, lose_bucket: Any
) -> None:
    ensure_built_in()
    client.force_login(alice)
    lose_bucket()

    file = SimpleUploadedFile("invoice.pdf", pdf_of())
    answer = client.post("/upload/", {"tenant": "harbour", "file": file})

    assert answer.status_code == 503
    assert b"nothing was kept" in answer.content
    assert not SourceMedia.objects.exists()


def test_readiness_is_the_buckets(client: Client, lose_bucket: Any) -> None:
    assert client.get("/readyz").json()["checks"]["storage"] == {"status": "ok"}
    lose_bucket()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["storage"]["status"] == "fail"
    assert b"nowhere" not in answer.content
