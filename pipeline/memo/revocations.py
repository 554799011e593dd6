"""Disowning results: the verb, and whether a result is reached by any revocation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from pipeline.models import MemoRevocation


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result was really made, however often it was taken over since."""

    step: str
    step_version: str
    pipeline_version: str
    model_id: str
    memo_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Which:
    """Which results; what is left empty means any."""

    step: str = ""
    step_version: str = ""
    pipeline_version: str = ""
    model_id: str = ""
    memo_key: str = ""
    from_time: datetime | None = None
    until_time: datetime | None = None


@transaction.atomic
def revoke_memo(
    *, which: Which, reason: str, created_by: User | None = None
) -> MemoRevocation:
    """Have no later reading take over such results; nothing is deleted.

    Raises ValidationError where nothing is named, or no reason given.
    """
    revocation = MemoRevocation(
        reason=reason.strip(), created_by=created_by, **asdict(which)
    )
    revocation.full_clean()
    revocation.save(force_insert=True)
    # The database says when it was written.
    revocation.refresh_from_db()
    return revocation


def reaches(revocation: MemoRevocation, made: Origin) -> bool:
    """Whether a revocation disowns a result."""
    wanted = (
        (getattr(revocation, name), getattr(made, name))
        for name in MemoRevocation.CRITERIA
    )
    if any(asked and asked != found for asked, found in wanted):
        return False
    until = revocation.until_time or revocation.created_at
    since = revocation.from_time
    return made.at < until and (since is None or since <= made.at)


def reaching(
    revocations: Iterable[MemoRevocation], made: Origin
) -> MemoRevocation | None:
    return next((one for one in revocations if reaches(one, made)), None)
