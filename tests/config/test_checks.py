from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.checks import CheckMessage, run_checks
from django.db import OperationalError, connection
from pytest_django import Settings

from config import checks


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


@pytest.mark.django_db
def test_nothing_is_missing_here() -> None:
    ours = [m for m in run_checks() if str(m.id).startswith("palimpsest.")]
    assert ours == []


def test_missing_poppler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (found,) = checks.poppler(None)
    assert found.id == "palimpsest.E001"
    assert "pdftoppm" in found.msg
    assert "apt-get install poppler-utils" in str(found.hint)


def test_silent_database_is_named_without_its_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@elsewhere/palimpsest")
    with (
        patch.object(connection, "ensure_connection", side_effect=OperationalError),
        patch.dict(settings.DATABASES["default"], HOST="elsewhere", PORT=5432),
    ):
        (found,) = checks.database(None)
    assert found.id == "palimpsest.E002"
    assert "elsewhere:5432" in found.msg
    assert "secret" not in f"{found.msg} {found.hint}"


@pytest.mark.django_db
def test_old_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_POSTGRES", 99)
    (found,) = checks.database(None)
    assert found.id == "palimpsest.E003"
    assert "99 or newer" in str(found.hint)


def test_home_that_cannot_be_written_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.HOME = tmp_path / "file"
    assert ids(checks.home(None)) == ["palimpsest.E004"]


def test_missing_engine_is_named(settings: Settings) -> None:
    settings.ENGINES = {"ocr": {"BACKEND": "no.such.Engine"}}
    (found,) = checks.engines(None)
    assert found.id == "palimpsest.E005"
    assert "ocr" in found.msg


def test_missing_package_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENGINES = {}
    monkeypatch.setattr(checks, "ENGINE_PACKAGES", ("no_such_package",))
    assert ids(checks.engines(None)) == ["palimpsest.E006"]


@pytest.mark.parametrize("name", ["secret_key", "erasure.key"])
def test_readable_secret_is_named(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    settings.HOME = tmp_path
    key = tmp_path / name
    key.touch(mode=0o600)
    assert checks.secret_keys(None) == []
    key.chmod(0o644)
    assert ids(checks.secret_keys(None)) == ["palimpsest.E007"]


def test_a_bucket_that_answers_is_nothing_to_tell(s3_bucket: dict[str, Any]) -> None:
    assert checks.bucket(None) == []


@pytest.mark.parametrize(
    ("options", "named", "remedy"),
    [
        ({"bucket_name": "nowhere"}, "bucket nowhere at http://127.0", "S3_BUCKET"),
        ({"endpoint_url": "http://127.0.0.1:9"}, ":9 cannot", "S3_ENDPOINT_URL"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_named(
    s3_bucket: dict[str, Any],
    settings: Settings,
    options: dict[str, str],
    named: str,
    remedy: str,
) -> None:
    entry = {**s3_bucket, "OPTIONS": {**s3_bucket["OPTIONS"], **options}}
    settings.STORAGES = {**settings.STORAGES, "blobs": entry}
    (found,) = checks.bucket(None)
    assert found.id == "palimpsest.E009"
    assert named in found.msg
    assert remedy in str(found.hint)


def test_missing_credentials_of_a_bucket_are_named(
    s3_bucket: dict[str, Any],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    settings.STORAGES = {**settings.STORAGES, "blobs": {**s3_bucket}}
    (found,) = checks.bucket(None)
    assert "NoCredentialsError" in found.msg
    assert "AWS_ACCESS_KEY_ID" in str(found.hint)


def test_missing_static_files_are_named(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    assert ids(checks.static_files(None)) == ["palimpsest.W008"]
    (tmp_path / "staticfiles.json").touch()
    assert checks.static_files(None) == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", []),
        ("http://127.0.0.1:8000/v1", []),
        ("https://models.example/v1", []),
        ("http://models.example/v1", ["palimpsest.W010"]),
    ],
)
def test_documents_that_travel_in_the_open_are_told_of(
    settings: Settings, url: str, told: list[str]
) -> None:
    settings.ENGINES = {"extract_vision": {"BACKEND": "x", "RUNTIME": {"url": url}}}
    assert ids(checks.vision_service(None)) == told
