"""Nobody deletes bytes while somebody's row for them is on its way."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from catalog import blob_gate, blobs
from catalog.models import DerivedArtifact, Erasure, Generation, SourceMedia
from catalog.services import (
    SourceErased,
    begin_erasure,
    erase,
    finish_erasure,
    register_source,
)
from tests.factories import PDF, make_generation, make_source, make_tenant

pytestmark = pytest.mark.django_db(transaction=True)


class Beside(threading.Thread):
    """Work on a connection of its own; result() gives what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.work, self.answer, self.error = work, None, None
        self.start()

    answer: object
    error: Exception | None

    def run(self) -> None:
        try:
            self.answer = self.work()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def result(self) -> object:
        self.join(20)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error
        return self.answer

    def waits(self) -> bool:
        """Whether it is still at work after a while in which it could have ended."""
        self.join(0.4)
        return self.is_alive()


def enter_and_leave(gate: Callable[[], object]) -> None:
    with gate():  # type: ignore[attr-defined]
        pass


def test_writers_share_the_gate() -> None:
    with blob_gate.writing():
        Beside(lambda: enter_and_leave(blob_gate.writing)).result()


def test_a_deleter_waits_for_the_writers_commit() -> None:
    with blob_gate.writing():
        deleter = Beside(lambda: enter_and_leave(blob_gate.deleting))
        assert deleter.waits()
    deleter.result()


def test_a_writer_waits_for_the_deleter() -> None:
    with blob_gate.deleting():
        writer = Beside(lambda: enter_and_leave(blob_gate.writing))
        assert writer.waits()
    writer.result()


def test_the_gate_is_held_until_the_outermost_transaction_ends() -> None:
    with transaction.atomic():
        with blob_gate.writing():
            pass
        deleter = Beside(lambda: enter_and_leave(blob_gate.deleting))
        assert deleter.waits()
    deleter.result()


def test_a_deleter_has_a_transaction_of_its_own() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enter_and_leave(blob_gate.deleting)


def test_a_slow_upload_does_not_hold_the_gate() -> None:
    tenant = make_tenant()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            Beside(lambda: enter_and_leave(blob_gate.deleting)).result()
            return super().read(size)

    assert register_source(tenant=tenant, stream=Slow(PDF), name="a.pdf").created


def test_bytes_that_come_in_while_they_are_deleted_elsewhere_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An upload finds the other tenant's bytes; then these are erased; then it ends."""
    data = PDF + b"race"
    theirs = make_source(make_tenant("meadow"), data=data)
    ours = make_tenant("harbour")
    keep = blobs.Arrival.keep
    erasing: list[Beside] = []

    def keep_while_erasing(arrival: blobs.Arrival) -> blobs.Blob:
        kept = keep(arrival)  # which finds that they are there
        erasing.append(Beside(lambda: erase(source=theirs, basis="request")))
        assert erasing[0].waits()
        return kept

    monkeypatch.setattr(blobs.Arrival, "keep", keep_while_erasing)
    source = register_source(tenant=ours, stream=io.BytesIO(data), name="a.pdf").source
    erasing[0].result()

    assert blobs.read_verified(source.content_hash) == data
    assert Erasure.objects.get().finished_at is not None


def test_a_reading_that_ends_while_its_source_is_erased_is_erased_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = make_source()
    keep = blobs.keep_bytes
    erasing: list[Beside] = []

    def keep_while_erasing(data: bytes) -> blobs.Blob:
        if not erasing:
            erasing.append(Beside(lambda: erase(source=source, basis="request")))
            assert erasing[0].waits()
        return keep(data)

    monkeypatch.setattr(blobs, "keep_bytes", keep_while_erasing)
    monkeypatch.setattr("catalog.services.generations.INLINE_LIMIT", 10)
    make_generation(source)
    erasing[0].result()

    assert Generation.objects.get().state == "erased"
    assert not DerivedArtifact.objects.in_blobs().exists()
    assert Erasure.objects.get().finished_at is not None


def test_a_reading_that_ends_later_is_refused() -> None:
    source = make_source()
    with transaction.atomic():
        SourceMedia.objects.select_for_update().get(pk=source.pk)
        reader = Beside(lambda: make_generation(source))
        assert reader.waits()
        # As an erasure does it, whose lock the reading waits for.
        begin_erasure(source=source, basis="request")
    with pytest.raises(SourceErased):
        reader.result()
    assert not Generation.objects.exists()


def test_many_readings_and_erasures_end() -> None:
    """No two wait for each other for ever."""
    sources = [make_source() for _ in range(6)]
    begun = time.monotonic()

    def read(source: SourceMedia) -> None:
        try:
            for version in ("1.0.0", "1.1.0"):
                make_generation(source, version=version)
        except SourceErased:
            return

    at_work = [
        Beside(work)
        for source in sources
        for work in (
            lambda source=source: read(source),
            lambda source=source: erase(source=source, basis="request"),
        )
    ]
    for one in at_work:
        one.result()

    assert time.monotonic() - begun < 60
    assert Erasure.objects.filter(finished_at__isnull=False).count() == 6
    assert not Generation.objects.exclude(state="erased").exists()


def test_an_erasure_waits_for_a_backup_and_ends_after_it() -> None:
    source = make_source()
    content_hash = source.content_hash

    with blob_gate.deletions_held():
        waiting = erase(source=source, basis=Erasure.Basis.REQUEST)

        assert waiting.finished_at is None
        assert blobs.exists(content_hash)

    assert finish_erasure(erasure=waiting).finished_at is not None
    assert not blobs.exists(content_hash)
