from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog import blobs
from catalog.models import DerivedArtifact, Kind, SourceMedia
from tests.factories import PDF, make_source, make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(alice: User, client: Client, tmp_path: Path) -> SourceMedia:
    client.force_login(alice)
    return make_read_source(make_tenant("harbour"), tmp_path)


def artifact(source: SourceMedia, kind: Kind) -> DerivedArtifact:
    return DerivedArtifact.objects.filter(source=source, kind=kind)[0]


def test_pictures_show_and_are_asked_for_once(
    client: Client, source: SourceMedia
) -> None:
    picture = artifact(source, Kind.PAGE_IMAGE)
    answer = client.get(f"/artifacts/{picture.pk}/file")
    assert answer.getvalue() == blobs.read_verified(picture.payload_hash)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["ETag"] == f'"{picture.payload_hash}"'
    assert "private" in answer.headers["Cache-Control"]
    assert "Content-Disposition" not in answer.headers
    again = client.get(
        f"/artifacts/{picture.pk}/file",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_other_artifacts_are_files(client: Client, source: SourceMedia) -> None:
    words = artifact(source, Kind.OCR)
    answer = client.get(f"/artifacts/{words.pk}/file")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/json"


def test_a_pdf_shows_and_can_be_kept(client: Client, source: SourceMedia) -> None:
    shown = client.get(f"/sources/{source.pk}/original")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.getvalue().startswith(PDF)
    kept = client.get(f"/sources/{source.pk}/original?download")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="receipt.jpg"'


def test_what_could_run_is_only_a_file(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = b"<!doctype html><script>alert(1)</script>"
    source = make_source(make_tenant("harbour"), data=page, name="page.html")
    answer = client.get(f"/sources/{source.pk}/original")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_lost_bytes_are_not_found(
    client: Client, source: SourceMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "exists", lambda content_hash: False)
    assert client.get(f"/sources/{source.pk}/original").status_code == 404


def test_another_tenants_bytes_are_not_found(
    client: Client, charlie: User, source: SourceMedia
) -> None:
    client.force_login(charlie)
    picture = artifact(source, Kind.PAGE_IMAGE)
    assert client.get(f"/sources/{source.pk}/original").status_code == 404
    assert client.get(f"/artifacts/{picture.pk}/file").status_code == 404


def test_bytes_need_a_log_in(source: SourceMedia) -> None:
    answer = Client().get(f"/sources/{source.pk}/original")
    assert answer.headers["Location"].startswith("/login/?next=")
