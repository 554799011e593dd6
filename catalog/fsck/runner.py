"""Running the checks: step by step, so that a killed run goes on where it was."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from catalog.fsck.base import GRACE, Check, Pace, Scope, Step
from catalog.fsck.registry import checks
from catalog.models import LedgerEntry, ScrubFinding, ScrubRun

log = structlog.get_logger()

LOCK = 7_203_003
# One fault of a program can spoil millions of rows; so many of a kind tell the story.
MOST_FINDINGS = 1000
# An unfinished run that is older is left: the store is another one by now.
STALE = timedelta(days=7)
DONE = "done"


class Busy(Exception):
    """Another fsck is at work on this store."""


def begin(
    *,
    mode: str,
    share: float | None = None,
    source_id: uuid.UUID | None = None,
    afresh: bool = False,
) -> ScrubRun:
    """The unfinished run of this kind, to go on with, or a new one."""
    same = ScrubRun.objects.filter(
        mode=mode,
        share=share,
        source_id=source_id,
        finished_at__isnull=True,
        started_at__gt=timezone.now() - STALE,
    )
    if mode != ScrubRun.Mode.SOURCE and not afresh and (found := same.first()):
        return found
    return ScrubRun.objects.create(mode=mode, share=share, source_id=source_id)


def scope_of(run: ScrubRun, *, pace: Pace, grace: timedelta) -> Scope:
    return Scope(
        share=run.share if run.share is not None else 1.0,
        # Drawn with the run's id: every run takes another sample.
        seed=run.scrub_id.int % (1 << 31),
        source_id=run.source_id,
        pace=pace,
        grace=grace,
    )


def go_on(
    run: ScrubRun,
    *,
    pace: Pace | None = None,
    grace: timedelta = GRACE,
    seconds: float | None = None,
    tell: Callable[[str, int], None] = lambda check, looked_at: None,
) -> bool:
    """Do what is left of a run; True when it is finished, False when time was up.

    tell: called after each step with the check's name and how much it looked at.
    Raises Busy.
    """
    scope = scope_of(run, pace=pace or Pace(), grace=grace)
    ends = time.monotonic() + seconds if seconds else None
    with _alone():
        run.refresh_from_db()
        for check in checks():
            for step in _left_of(check, run, scope):
                _keep(run, check, step)
                tell(check.name, step.looked_at)
                if ends and time.monotonic() > ends:
                    return False
            run.cursor[check.name] = [DONE]
        run.finished_at = timezone.now()
        run.save()
        _log_end(run)
    return True


def _left_of(check: Check, run: ScrubRun, scope: Scope) -> Iterator[Step]:
    """A cursor is kept as [cursor]; [DONE] stands for no more."""
    kept = run.cursor.get(check.name, [None])
    return iter(()) if kept == [DONE] else check.steps(scope, kept[0])


@transaction.atomic
def _keep(run: ScrubRun, check: Check, step: Step) -> None:
    """Findings and cursor together: a step is never counted twice."""
    found = Counter(run.cursor.get("found", {}))
    rows = []
    for finding in step.findings:
        found[finding.check] += 1
        if found[finding.check] <= MOST_FINDINGS:
            rows.append(
                ScrubFinding(
                    run=run,
                    check_name=finding.check,
                    subject=finding.subject,
                    detail=finding.detail,
                )
            )
    ScrubFinding.objects.bulk_create(rows)
    run.cursor[check.name] = [step.cursor]
    run.cursor["found"] = dict(found)
    run.checked[check.name] = run.checked.get(check.name, 0) + step.looked_at
    run.save(update_fields=["cursor", "checked"])


def _log_end(run: ScrubRun) -> None:
    head = LedgerEntry.objects.all().head()
    write = log.warning if run.found else log.info
    write(
        "fsck_ended",
        mode=run.mode,
        share=run.share,
        found=run.found,
        ledger_head=f"{head.sequence}:{head.hash}" if head else None,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time: two would keep each other's cursors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Busy
    try:
        yield
    finally:
        _let_go()


def _let_go() -> None:
    if connection.connection is None or connection.connection.closed:
        return
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def result_of(run: ScrubRun) -> dict[str, Any]:
    """A run as JSON: what it looked at, what it found; no text of a document."""
    return {
        "run": str(run.scrub_id),
        "mode": run.mode,
        "share": run.share,
        "source": str(run.source_id) if run.source_id else None,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "checked": run.checked,
        "found": run.found,
        "findings": list(run.findings.values("check_name", "subject", "detail")),
    }
