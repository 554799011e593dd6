"""Compare, promote and roll back a batch while somebody reads."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection

from benchmarks.catalog import build
from catalog.models import DerivedArtifact, Generation
from catalog.services import compare_by_hash, promote, roll_back

NEW = "2.4.0"
T = TypeVar("T")


@dataclass
class Reader:
    """Reads sources of the batch over and over; counts what must never be seen."""

    sources: list[uuid.UUID]
    reads: int = 0
    mixed: int = 0
    empty: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                for source in self.sources:
                    if self.stop.is_set():
                        return
                    self._look(source)
        finally:
            connection.close()

    def _look(self, source: uuid.UUID) -> None:
        current = DerivedArtifact.objects.current().filter(source=source)
        seen = set(current.values_list("generation_id", flat=True))
        self.reads += 1
        self.mixed += len(seen) > 1
        self.empty += not seen


@contextmanager
def somebody_reads() -> Iterator[Reader]:
    sources = list(
        Generation.objects.filter(pipeline_version=NEW).values_list(
            "source_id", flat=True
        )[:200]
    )
    reader = Reader(sources)
    thread = threading.Thread(target=reader.run)
    thread.start()
    try:
        yield reader
    finally:
        reader.stop.set()
        thread.join()


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _row(name: str, seconds: float, artifacts: int) -> tuple[str, str]:
    return name, f"{seconds:.1f} s, {artifacts / seconds:,.0f}/s"


def there_and_back(*, sources: int) -> Iterator[tuple[str, str]]:
    artifacts = sources * build.ARTIFACTS_A_SOURCE
    build.candidates(sources=sources, version=NEW)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE derived_artifact")
        cursor.execute("VACUUM ANALYZE generation")
    chosen = Generation.objects.filter(pipeline_version=NEW, state="candidate")
    yield "artifacts in the batch", f"{artifacts:,}"
    seconds, _ = _timed(lambda: compare_by_hash(candidates=chosen))
    yield _row("compare by hash", seconds, artifacts)
    with somebody_reads() as reader:
        seconds, done = _timed(lambda: promote(candidates=chosen))
        yield _row("promote", seconds, artifacts)
        batch = done.batch
        promotions = batch.promotions.all()
        seconds, _ = _timed(lambda: roll_back(promotions=promotions, of_batch=batch))
        yield _row("roll back", seconds, artifacts)
    yield "reads meanwhile", f"{reader.reads:,}"
    yield "mixed readings seen", str(reader.mixed)
    yield "sources seen without a current reading", str(reader.empty)
