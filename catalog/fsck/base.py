"""The words of fsck: what a check is, what it is given, what it gives."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from django.db import connection

# Sources a step: so many that a table is joined as a whole, not row by row; seconds.
BATCH = 20_000
BEFORE_ALL = str(uuid.UUID(int=0))
# The same where rows come here, payloads and all.
FETCHED = 1000
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


class Batch:
    """Some sources, as SQL. Checks write "source_id {sources}" for "is one of them"."""

    def __init__(self, sources: str, /, **parameters: Any) -> None:
        self._sources, self.parameters = sources, parameters
        self.end = str(parameters["end"])

    def within(self, sql: str) -> str:
        return sql.replace("{sources}", self._sources)


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
        last = after or BEFORE_ALL
        while batch := self._ids("source_id", last, FETCHED):
            yield [source_id for (source_id,) in batch]
            last = str(batch[-1][0])

    def batches(self, after: str | None) -> Iterator[Batch]:
        """The same in larger ones, for SQL: stretches of ids where all are meant."""
        last = after or BEFORE_ALL
        while True:
            if self.whole:
                # PostgreSQL has no max(uuid) before version 18.
                ends = "min(source_id::text), max(source_id::text)"
                ((first, end),) = self._ids(ends, last, BATCH)
                if end is None:
                    return
                yield Batch("BETWEEN %(first)s AND %(end)s", first=first, end=end)
            else:
                rows = self._ids("source_id", last, BATCH)
                if not rows:
                    return
                end = str(rows[-1][0])
                ids = [source_id for (source_id,) in rows]
                yield Batch("= ANY(%(sources)s)", sources=ids, end=end)
            last = end

    def _ids(self, wanted: str, last: str, size: int) -> list[tuple[Any, ...]]:
        drawn = (
            "TRUE"
            if self.share >= 1
            else "hashtextextended(source_id::text, %(seed)s) & %(mask)s < %(part)s"
        )
        one = "TRUE" if self.source_id is None else "source_id = %(one)s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT {wanted} FROM (SELECT source_id FROM source_media
                    WHERE source_id > %(last)s AND {drawn} AND {one}
                    ORDER BY source_id LIMIT {size}) s""",  # noqa: S608 - fixed text
                {
                    "last": last,
                    "seed": self.seed,
                    "mask": PARTS - 1,
                    "part": round(self.share * PARTS),
                    "one": self.source_id,
                },
            )
            return list(cursor.fetchall())


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
