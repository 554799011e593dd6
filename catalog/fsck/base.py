"""The words of fsck: what a check is, what it is given, what it gives."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from django.db import connection

# Sources a step: large enough for set-based SQL, small enough to break off after.
BATCH = 2000
# Whatever clears such bytes away has had its turn by then.
GRACE = timedelta(days=3)
# Of 2^20 equal parts, so that a share is exact to a millionth.
PARTS = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    check: a word of docs/fsck.md; subject: an id or a blob's key; detail: what it is
    and what to do, without values.
    """

    check: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a check that is done. cursor: where to go on, JSON; looked_at: rows."""

    cursor: Any
    looked_at: int
    findings: list[Finding] = field(default_factory=list)


class Pace:
    """Holds the reading of bytes to a rate. rate: bytes a second; None: no limit."""

    def __init__(self, rate: float | None = None) -> None:
        self.rate = rate
        self.bytes = 0
        self._began = time.monotonic()

    def spend(self, count: int) -> None:
        self.bytes += count
        if self.rate:
            ahead = self.bytes / self.rate - (time.monotonic() - self._began)
            if ahead > 0:
                time.sleep(ahead)


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the store is looked at.

    share: of a sample, above 0 and up to 1; seed: draws the sample, the same one when a
    run goes on; source_id: only this one; grace: how long bytes may lie without a row.
    """

    share: float = 1.0
    seed: int = 0
    source_id: uuid.UUID | None = None
    grace: timedelta = GRACE
    pace: Pace = field(default_factory=Pace)

    @property
    def whole(self) -> bool:
        """Whether everything is looked at."""
        return self.source_id is None and self.share >= 1

    def sources(self, after: str | None) -> Iterator[list[uuid.UUID]]:
        """The ids of the sources in batches, in order, those after an id."""
        last = after or str(uuid.UUID(int=0))
        while batch := self._next_sources(last):
            yield batch
            last = str(batch[-1])

    def _next_sources(self, last: str) -> list[uuid.UUID]:
        drawn = (
            "TRUE"
            if self.share >= 1
            else "hashtextextended(source_id::text, %(seed)s) & %(mask)s < %(part)s"
        )
        one = "TRUE" if self.source_id is None else "source_id = %(one)s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT source_id FROM source_media WHERE source_id > %(last)s"  # noqa: S608 - fixed text
                f" AND {drawn} AND {one} ORDER BY source_id LIMIT {BATCH}",
                {
                    "last": last,
                    "seed": self.seed,
                    "mask": PARTS - 1,
                    "part": round(self.share * PARTS),
                    "one": self.source_id,
                },
            )
            return [source_id for (source_id,) in cursor.fetchall()]


class Check(Protocol):
    """Something of the store that fsck looks at, step by step.

    name: of its cursor; finds: the words of its findings, each with its sentence.
    """

    @property
    def name(self) -> str: ...

    @property
    def finds(self) -> dict[str, str]: ...

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        """What is left after a cursor; None: all of it.

        Each step's look is one statement, or looks again before it finds something, so
        that nobody who writes meanwhile raises an alarm.
        """
        ...


@dataclass(frozen=True)
class SourceCheck:
    """A check that goes through the sources, batch by batch.

    look: gives how many rows or blobs it saw of the sources, and what it found.
    """

    name: str
    finds: dict[str, str]
    look: Callable[[list[uuid.UUID], Scope], tuple[int, list[Finding]]]

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        for batch in scope.sources(cursor):
            looked_at, findings = self.look(batch, scope)
            yield Step(str(batch[-1]), looked_at, findings)
