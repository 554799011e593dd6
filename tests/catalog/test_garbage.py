from __future__ import annotations

import hashlib
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_q.models import Schedule
from pytest_django import DjangoAssertNumQueries, Settings

from catalog import blob_gate, blobs, garbage
from catalog.garbage import collect_garbage
from catalog.models import Erasure, SourceMedia
from catalog.needed_blobs import needed_of
from pipeline import tasks
from tests.factories import PDF, make_source, make_tenant
from tests.reviewer.readings import make_read_source

NOW = timedelta(seconds=-1)  # as if a second had passed
DAY = timedelta(days=1)


@pytest.fixture
def needed(blob_store: dict[str, Any], db: None, tmp_path: Path) -> set[str]:
    """The hashes of all blobs of one source that was read."""
    make_read_source(make_tenant("harbour"), tmp_path)
    return {entry.content_hash for entry in blobs.entries()}


def listed() -> set[str]:
    return {entry.content_hash for entry in blobs.entries()}


def erase_row(source: SourceMedia) -> None:
    """What an erasure does to the row, without the rest of it."""
    fingerprint = hashlib.sha256(source.pk.bytes).hexdigest()
    Erasure.objects.create(
        tenant=source.tenant, source=source, basis="request", fingerprint=fingerprint
    )
    SourceMedia.objects.filter(pk=source.pk).update(
        content_hash=fingerprint, erased_at=timezone.now()
    )


def test_only_what_no_row_needs_goes(needed: set[str]) -> None:
    assert len(needed) >= 3
    for number in range(5):
        blobs.keep_bytes(b"nobody's %d" % number)

    found = collect_garbage(grace=NOW)

    assert listed() == needed
    assert (found.deleted, found.bytes) == (5, 5 * len(b"nobody's 0"))
    assert found.looked == 5 + len(needed)


def test_what_is_young_stays(needed: set[str]) -> None:
    blobs.keep_bytes(b"its row is about to be written")

    found = collect_garbage(grace=DAY)

    assert (found.deleted, found.young) == (0, len(needed) + 1)
    assert len(listed()) == len(needed) + 1


def test_a_dry_run_deletes_nothing_and_says_the_same(needed: set[str]) -> None:
    blobs.keep_bytes(b"nobody's")
    out = io.StringIO()

    call_command("collect_garbage", "--grace=0s", "--dry-run", "--json", stdout=out)

    answer = json.loads(out.getvalue())
    assert (answer["deleted"], answer["bytes"]) == (1, 8)
    assert len(listed()) == len(needed) + 1


def test_the_bytes_of_an_erased_source_go_unless_another_has_them(
    blob_store: dict[str, Any], db: None
) -> None:
    shared = make_source(data=PDF + b"shared")
    other = make_source(data=PDF + b"shared")
    alone = make_source(data=PDF + b"alone")
    assert needed_of([shared.content_hash, alone.content_hash]) == {
        shared.content_hash,
        alone.content_hash,
    }
    hashes = {shared.content_hash, alone.content_hash}
    for source in (shared, alone):
        erase_row(source)

    collect_garbage(grace=NOW)

    assert listed() == hashes - {alone.content_hash}
    assert SourceMedia.objects.kept().get() == other


def test_a_row_that_comes_between_looks_keeps_its_blob(
    needed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = blobs.keep_bytes(PDF + b"late")
    real = blob_gate.deleting

    def somebody_was_faster() -> AbstractContextManager[None]:
        make_source(data=PDF + b"late")
        return real()

    monkeypatch.setattr(blob_gate, "deleting", somebody_was_faster)
    assert collect_garbage(grace=NOW).deleted == 0
    assert blobs.exists(blob.content_hash)


def test_memory_and_questions_grow_by_the_piece(
    disk_folder: dict[str, Any],
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(garbage, "PIECE", 10)
    for number in range(30):
        blobs.keep_bytes(b"%d" % number)
    with django_assert_num_queries(3 * 2):
        assert collect_garbage(grace=NOW, dry_run=True).deleted == 30


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_while_a_backup_copies(blob_store: dict[str, Any]) -> None:
    blob = blobs.keep_bytes(b"nobody's")
    with blob_gate.deletions_held() as still_held:
        found = collect_garbage(grace=NOW)
        # Writers are not held.
        source = make_source(data=PDF)
        still_held()

    assert (found.stopped, found.deleted) == (True, 0)
    assert blobs.exists(blob.content_hash)
    assert collect_garbage(grace=NOW).deleted == 1
    assert listed() == {source.content_hash}


@pytest.mark.django_db(transaction=True)
def test_uploads_and_collectors_at_once_lose_nothing(
    disk_folder: dict[str, Any],
) -> None:
    """Every upload finds a blob that a collector is about to delete."""
    tenant = make_tenant()
    data = [PDF + b"%d" % number for number in range(40)]
    stop = threading.Event()

    def collect() -> None:
        while not stop.is_set():
            collect_garbage(grace=NOW)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        collectors = [pool.submit(collect) for _ in range(2)]
        try:
            for one in data:
                blobs.keep_bytes(one)
                make_source(tenant, data=one)
        finally:
            stop.set()
        for collector in collectors:
            collector.result()

    assert listed() == set(SourceMedia.objects.values_list("content_hash", flat=True))
    assert len(listed()) == len(data)


@pytest.mark.django_db
def test_it_is_done_every_day(disk_folder: dict[str, Any], settings: Settings) -> None:
    call_command("ensure_pipeline")
    schedule = Schedule.objects.get(func="pipeline.tasks.collect")
    assert (schedule.schedule_type, schedule.cluster) == (Schedule.DAILY, "batch")

    blobs.keep_bytes(b"nobody's")
    tasks.collect()
    assert len(listed()) == 1
    settings.GARBAGE_GRACE = NOW
    tasks.collect()
    assert not listed()


@pytest.mark.django_db
def test_a_long_day_is_done_in_slices(
    disk_folder: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "PIECE", 10)
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0)
    settings.GARBAGE_GRACE = NOW
    asked: list[str] = []
    monkeypatch.setattr(
        "pipeline.queue.enqueue", lambda name, after, lane: asked.append(after)
    )
    for number in range(25):
        blobs.keep_bytes(b"%d" % number)

    tasks.collect()
    assert len(listed()) == 15
    while asked:
        tasks.collect(asked.pop())
    assert not listed()


@pytest.mark.django_db
def test_odd_graces_and_silent_stores_are_explained(
    s3_bucket: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="write 24h"):
        call_command("collect_garbage", "--grace=tomorrow")
    monkeypatch.setattr(storages["blobs"], "bucket_name", "nowhere")
    with pytest.raises(CommandError, match="NoSuchBucket"):
        call_command("collect_garbage")
