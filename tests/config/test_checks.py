from __future__ import annotations

from pathlib import Path
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


def test_missing_static_files_are_named(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    assert ids(checks.static_files(None)) == ["palimpsest.W008"]
    (tmp_path / "staticfiles.json").touch()
    assert checks.static_files(None) == []
