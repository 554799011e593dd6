"""Backups of a living house."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog import blobs
from catalog.garbage import collect_garbage
from catalog.models import SourceMedia
from catalog.stores.disk import DiskStore
from config.backup import BackupError, tools
from config.backup.archive import Archive, Manifest, lines_of
from config.backup.make import make_backup
from config.backup.prune import prune
from config.backup.verify import verify_backup
from config.home import BASE_DIR
from tests.config.backups import blobs_in, url_of_tests
from tests.config.processes import wait_until
from tests.factories import PDF, make_source, make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("disk_folder"),
]

NOW = timedelta(seconds=-1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def backup(folder: Path) -> Manifest:
    return make_backup(folder, workers=2, say=lambda line: None)


def is_whole(folder: Path, name: str = "") -> bool:
    return not verify_backup(folder, name=name, workers=2)[1]


def listed() -> set[str]:
    return {entry.content_hash for entry in blobs.entries()}


@contextmanager
def reading_slowly(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    real = DiskStore.reading

    @contextmanager
    def slow(self: DiskStore, key: str) -> Iterator[IO[bytes]]:
        time.sleep(seconds)
        with real(self, key) as stream:
            yield stream

    with monkeypatch.context() as patch:
        patch.setattr(DiskStore, "reading", slow)
        yield


def test_a_second_backup_copies_only_what_is_new(folder: Path, tmp_path: Path) -> None:
    make_read_source(make_tenant("harbour"), tmp_path)
    first = backup(folder)
    inodes = {path: path.stat().st_ino for path in (folder / "sha256").rglob("*")}
    assert blobs_in(folder) == listed()

    make_source()
    second = backup(folder)

    assert blobs_in(folder) == listed()
    assert second.blob_count == first.blob_count + 1
    assert all(path.stat().st_ino == inode for path, inode in inodes.items())
    assert Archive(folder).names() == [first.name, second.name]
    assert is_whole(folder, first.name)
    assert is_whole(folder, second.name)
    assert (folder.stat().st_mode & 0o777) == 0o700


def test_garbage_is_not_backed_up(folder: Path) -> None:
    blobs.keep_bytes(b"nobody's")
    source = make_source()

    assert backup(folder).blob_count == 1
    assert blobs_in(folder) == {source.content_hash}


def test_what_changes_meanwhile_does_no_harm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uploads, erased rows and collectors at work while the copying goes on."""
    tenant = make_tenant("harbour")
    for number in range(30):
        make_source(tenant, data=PDF + b"old %d" % number)
    stop = threading.Event()

    def work(number: int) -> int:
        done = 0
        while not stop.is_set():
            make_source(tenant, data=PDF + b"new %d %d" % (number, done))
            collect_garbage(grace=NOW)
            done += 1
        connection.close()
        return done

    with ThreadPoolExecutor(2) as pool:
        workers = [pool.submit(work, number) for number in range(2)]
        try:
            with reading_slowly(monkeypatch, 0.05):
                manifest = backup(folder)
        finally:
            stop.set()
        assert all(worker.result() > 0 for worker in workers)

    assert manifest.lost == []
    assert manifest.blob_count == manifest.tables["source_media"] >= 30
    assert is_whole(folder)


def test_bytes_of_a_source_erased_meanwhile_are_copied_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot names it, so its bytes must stay until they are in the backup."""
    sources = [make_source() for _ in range(10)]
    copying = threading.Event()
    real = DiskStore.reading

    def told(self: DiskStore, key: str) -> Any:
        copying.set()
        time.sleep(0.1)
        return real(self, key)

    def erase() -> bool:
        copying.wait()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE source_media CASCADE")
        stopped = collect_garbage(grace=NOW).stopped
        connection.close()
        return stopped

    monkeypatch.setattr(DiskStore, "reading", told)
    with ThreadPoolExecutor(1) as pool:
        eraser = pool.submit(erase)
        manifest = backup(folder)
        assert eraser.result(), "the collector had to wait"

    assert (manifest.lost, manifest.blob_count) == ([], len(sources))
    # What had to wait is done afterwards.
    assert collect_garbage(grace=NOW).deleted == len(sources)


def test_a_backup_that_breaks_off_leaves_the_older_one_and_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_source()
    first = backup(folder)
    for _ in range(5):
        make_source()
    real, calls = DiskStore.reading, []

    def breaks(self: DiskStore, key: str) -> Any:
        calls.append(key)
        if len(calls) > 3:
            raise blobs.BlobUnavailable("SlowDown")
        return real(self, key)

    monkeypatch.setattr("config.backup.copying.PAUSES", (0.0,))
    with monkeypatch.context() as patch:
        patch.setattr(DiskStore, "reading", breaks)
        with pytest.raises(BackupError, match=r"Broken off.*SlowDown"):
            backup(folder)

    assert Archive(folder).names() == [first.name]
    assert is_whole(folder)
    copied = len(blobs_in(folder))
    assert copied > 1
    calls.clear()
    second = backup(folder)
    assert (second.blob_count, is_whole(folder)) == (6, True)


def test_a_killed_backup_leaves_the_older_one(folder: Path) -> None:
    for _ in range(20):
        make_source()
    first = backup(folder)
    for _ in range(20):
        make_source()
    environment = {
        **os.environ,
        "DATABASE_URL": url_of_tests(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    # The child's own store is empty: every copy fails, is tried again, and takes time.
    child = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "backup", str(folder)],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert wait_until(lambda: any((folder / "backups").glob("*.partial/*")), 60)
    child.kill()
    child.wait()

    assert Archive(folder).names() == [first.name]
    assert is_whole(folder)
    second = backup(folder)
    assert (second.blob_count, second.lost) == (40, [])
    assert not list((folder / "backups").glob("*.partial"))


def test_lost_blobs_are_named_and_the_rest_is_kept(folder: Path) -> None:
    source, lost = make_source(), make_source()
    damaged = make_source()
    blobs.delete(lost.content_hash)
    path = Path(blobs.store().place) / blobs.key_of(damaged.content_hash)
    path.chmod(0o600)
    path.write_bytes(b"other bytes")

    with pytest.raises(CommandError, match="2 blobs were missing or damaged") as error:
        call_command("backup", str(folder))

    assert error.value.returncode == 2
    assert blobs_in(folder) == {source.content_hash}
    manifest, found = verify_backup(folder, workers=1)
    assert set(manifest.lost) == {lost.content_hash, damaged.content_hash}
    assert not found


def test_damage_of_a_backup_is_found(folder: Path) -> None:
    source = make_source()
    manifest = backup(folder)
    (path,) = (p for p in (folder / "sha256").rglob("*") if p.is_file())
    path.chmod(0o600)
    path.write_bytes(b"other bytes")

    with pytest.raises(CommandError, match=r"1 blobs .* damaged: delete the files"):
        call_command("backup", str(folder), "--verify")
    path.unlink()
    backup(folder)
    assert is_whole(folder, manifest.name)
    assert blobs_in(folder) == {source.content_hash}

    dump = folder / "backups" / manifest.name / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    with pytest.raises(BackupError, match="dump is missing or damaged"):
        verify_backup(folder, name=manifest.name, workers=1)


def test_only_the_newest_are_kept_where_that_is_asked(folder: Path) -> None:
    old = make_source()
    backup(folder)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE source_media CASCADE")
    new = make_source()
    second = backup(folder)
    third = backup(folder)
    assert blobs_in(folder) == {old.content_hash, new.content_hash}

    gone = prune(folder, keep=2)

    assert (gone.backups, gone.blobs) == (1, 1)
    assert Archive(folder).names() == [second.name, third.name]
    assert blobs_in(folder) == {new.content_hash}
    assert is_whole(folder)


def test_two_backups_into_one_folder_do_not_mix(folder: Path) -> None:
    with Archive(folder).alone(), pytest.raises(BackupError, match="Another backup"):
        backup(folder)


def test_nothing_is_restored_over_anything(folder: Path) -> None:
    make_source()
    backup(folder)
    with pytest.raises(CommandError, match=r"not empty.*set PALIMPSEST_HOME"):
        call_command("restore", str(folder))
    assert SourceMedia.objects.count() == 1


def test_a_backup_of_a_newer_version_is_refused(folder: Path) -> None:
    manifest = backup(folder)
    path = folder / "backups" / manifest.name / "manifest.json"
    data = json.loads(path.read_text())
    data["migrations"].append("catalog.9999_later")
    path.write_text(json.dumps(data))
    with pytest.raises(CommandError, match="newer version"):
        call_command("restore", str(folder))


def test_folders_without_backups_are_explained(folder: Path) -> None:
    with pytest.raises(CommandError, match="no backup in"):
        call_command("restore", str(folder))
    backup(folder)
    with pytest.raises(CommandError, match="no backup 2020"):
        call_command("restore", str(folder), "--name=2020")


def test_programs_of_another_version_are_refused_by_name() -> None:
    with pytest.raises(BackupError, match="apt-get install postgresql-client-99"):
        tools.tool("pg_dump", 99)


def test_the_list_is_in_order(folder: Path) -> None:
    for _ in range(20):
        make_source()
    manifest = backup(folder)
    lines = list(lines_of(folder / "backups" / manifest.name))
    assert [line.content_hash for line in lines] == sorted(listed())
    assert sum(line.size for line in lines) == manifest.blob_bytes
