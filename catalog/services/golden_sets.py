"""Freezing the true values that count now, and taking in cases from elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from catalog.hashing import digest_of
from catalog.models import GoldenCase, GoldenSet, GoldenSetValue, GoldenValue
from catalog.services.holding import hold_source

# One set at a time: two at once would take the same number.
LOCK = 7_203_005
AT_ONCE = 5000


class NothingToFreeze(Exception):
    """No golden case is active, or none has a value that stands."""


@transaction.atomic
def freeze_golden_set(*, actor: User | None = None, note: str = "") -> GoldenSet:
    """Freeze the standing values of the active cases under the next number.

    Where nothing was filed or withdrawn since the newest set, that one is given.
    Raises NothingToFreeze.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    standing = GoldenValue.objects.that_count().order_by("value_id")
    rows = list(standing.values_list("value_id", "case_id"))
    if not rows:
        raise NothingToFreeze(
            "There is no golden value to freeze: file cases first, by reviewing"
            " documents or by golden_import."
        )
    digest = digest_of([str(value) for value, _ in rows])
    newest = GoldenSet.objects.newest()
    if newest is not None and newest.digest == digest:
        return newest
    made = GoldenSet.objects.create(
        number=newest.number + 1 if newest else 1,
        digest=digest,
        cases=len({case for _, case in rows}),
        values_count=len(rows),
        note=note,
        created_by=actor,
    )
    members = (GoldenSetValue(golden_set=made, value_id=value) for value, _ in rows)
    GoldenSetValue.objects.bulk_create(members, batch_size=AT_ONCE)
    return made


@dataclass(frozen=True, slots=True)
class TrueValue:
    """text is "" where the document has none; region as GoldenValue holds it."""

    slot: str
    value_type: str
    text: str
    region: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known of a source that is here."""

    source_id: uuid.UUID
    document_type: str
    came_from: str
    note: str = ""
    slices: dict[str, Any] = field(default_factory=dict)
    values: Sequence[TrueValue] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """How many cases were opened, and how many values were new to theirs."""

    cases: int
    values: int


@transaction.atomic
def file_golden_cases(*, cases: Iterable[NewCase], actor: User | None = None) -> Filed:
    """Add what is known to the sources' active cases, opening those that are missing.

    A value that stands already is not filed again. Raises SourceErased.
    """
    opened = filed = 0
    for new in cases:
        hold_source(source_id=new.source_id)
        case, created = GoldenCase.objects.get_or_create(
            source_id=new.source_id,
            retired_at=None,
            defaults={
                "document_type": new.document_type,
                "slices": new.slices,
                "came_from": new.came_from,
                "came_from_note": new.note,
            },
        )
        opened += created
        filed += _file(case, new.values, actor, fresh=created)
    return Filed(opened, filed)


def _file(
    case: GoldenCase, values: Sequence[TrueValue], actor: User | None, *, fresh: bool
) -> int:
    standing = {} if fresh else {v.slot: v for v in case.values.standing()}
    rows = [
        GoldenValue(
            case=case,
            slot=new.slot,
            value_type=new.value_type,
            value=new.text,
            region=new.region,
            pipeline_version="",
            filed_by=actor,
        )
        for new in values
        if not _stands(standing.get(new.slot), new)
    ]
    return len(GoldenValue.objects.bulk_create(rows))


def _stands(known: GoldenValue | None, new: TrueValue) -> bool:
    """Whoever does not say where a value stands leaves it where it is."""
    return (
        known is not None
        and (known.value_type, known.value) == (new.value_type, new.text)
        and new.region in (None, known.region)
    )
