"""A backup comes back into an empty place, whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import blobs
from catalog.stores.base import key_of
from config import postgres
from config.backup.make import make_backup
from tests.config.backups import blobs_in, rows_here, rows_in
from tests.factories import make_source, make_tenant, make_user
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home; its server is stopped afterwards."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield tmp_path / "restored"
    postgres.release(tmp_path / "restored")


def test_everything_comes_back(
    blob_store: dict[str, Any], home: Path, tmp_path: Path
) -> None:
    tenant = make_tenant("harbour")
    make_user("alice", tenant)
    make_read_source(tenant, tmp_path)
    source = make_source(tenant)
    make_backup(tmp_path / "backups", workers=2, say=print)
    rows, stored = rows_here(), {entry.content_hash for entry in blobs.entries()}
    # As a restore leaves it that was killed on its way.
    begun = home / "blobs" / key_of(source.content_hash)
    begun.parent.mkdir(parents=True)
    begun.write_bytes(blobs.read_verified(source.content_hash))

    call_command("restore", str(tmp_path / "backups"), "--into", str(home))

    postgres.ensure_running(home)
    assert rows_in(postgres.database_url(home)) == rows
    assert sum(map(len, rows.values())) > 50
    assert blobs_in(home / "blobs") == stored


def test_a_store_of_others_is_left_alone(
    disk_folder: dict[str, Any],
    home: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    make_source()
    make_backup(tmp_path / "backups", workers=2, say=print)
    theirs = home / "blobs" / key_of("ab" * 32)
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"theirs")

    with pytest.raises(CommandError, match="Nothing was changed but"):
        call_command("restore", str(tmp_path / "backups"), "--into", str(home))

    assert "blobs that are not of this backup" in capfd.readouterr().err
    assert theirs.read_bytes() == b"theirs"
    postgres.ensure_running(home)
    assert not rows_in(postgres.database_url(home))


def test_a_lost_database_comes_back_to_blobs_that_were_not_lost(
    disk_folder: dict[str, Any],
    home: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    kept, lost = make_source(), make_source()
    make_backup(tmp_path / "backups", workers=2, say=print)
    later = make_source(kept.tenant)
    rows = {name: rows for name, rows in rows_here().items() if name != "source_media"}
    shutil.copytree(blobs.store().place, home / "blobs")
    (home / "blobs" / key_of(lost.content_hash)).unlink()

    with pytest.raises(CommandError) as error:
        call_command(
            "restore", str(tmp_path / "backups"), "--into", str(home), "--database-only"
        )

    assert error.value.returncode == 2
    told = capfd.readouterr().err
    assert f"1 blobs are missing, like {lost.content_hash}" in told
    assert blobs_in(home / "blobs") == {kept.content_hash, later.content_hash}
    postgres.ensure_running(home)
    restored = rows_in(postgres.database_url(home))
    assert len(restored.pop("source_media")) == 2
    assert restored == rows
