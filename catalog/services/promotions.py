"""Putting one generation in another's place, one or a million at a time, and back.

Everything is set-based SQL in one transaction: readers see all of the old or all of
the new. Payloads are never copied; what comes back points at the bytes it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import Generation, Promotion, PromotionBatch
from catalog.services import promotion_sql as sql
from catalog.signals import promoted, superseding

# One batch at a time: two at once could wait for each other's rows.
LOCK = 7_203_002
# By payload hash alone: the same bytes or not.
COMPARATOR = "hash-1"
NOTHING = "Nothing is chosen: there is no candidate among these."


class PromotionRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a batch did. generations: how many were put in place."""

    batch: PromotionBatch
    generations: int


@transaction.atomic
def compare_by_hash(*, candidates: QuerySet[Generation]) -> int:
    """Compare candidates with what is current, slot by slot; gives how many were new.

    A pair that was compared before is not compared again.
    """
    with connection.cursor() as cursor:
        _choose(cursor, candidates, sql.PAIRS)
        cursor.execute(sql.COMPARE, [COMPARATOR])
        return int(cursor.rowcount)


@transaction.atomic
def promote(
    *,
    candidates: QuerySet[Generation],
    actor: User | None = None,
    note: str = "",
    selection: Mapping[str, Any] | None = None,
) -> Promoted:
    """Put candidates in the place of the generations that are current, all or nothing.

    People's answers are carried over. Raises PromotionRefused where one of them is no
    complete candidate, or was not compared with what it would replace.
    """
    with connection.cursor() as cursor:
        pipeline = _choose(cursor, candidates, sql.PAIRS)
        _refuse_unfit(cursor)
        batch = PromotionBatch.objects.create(
            pipeline_name=pipeline,
            selection=dict(selection or {}),
            actor=actor,
            note=note,
        )
        return _put_in_place(cursor, batch, Promotion.Reason.REPLACEMENT)


@transaction.atomic
def roll_back(
    *,
    promotions: QuerySet[Promotion],
    actor: User | None = None,
    note: str = "",
    selection: Mapping[str, Any] | None = None,
    of_batch: PromotionBatch | None = None,
) -> Promoted:
    """Take promotions back, all or nothing: what they replaced comes back.

    Each comes back as a new generation that points at the old payloads. What people
    said since is carried over. Raises PromotionRefused where a promotion was taken
    back before, or something newer has taken its generation's place.
    """
    with connection.cursor() as cursor:
        asked = promotions.order_by().values("pk")
        chosen = Promotion.objects.replacements().filter(pk__in=asked)
        if not chosen.exists():
            raise PromotionRefused("There is no promotion that could be rolled back.")
        stuck = chosen.exclude(pk__in=chosen.undoable().values("pk")).count()
        if stuck:
            raise PromotionRefused(
                f"{stuck} of them cannot be rolled back: they were before, or something"
                " newer stands there. Roll back the newer promotions first."
            )
        pipeline = _choose(cursor, chosen, sql.UNDONE)
        batch = PromotionBatch.objects.create(
            pipeline_name=pipeline,
            selection=dict(selection or {}),
            undoes=of_batch,
            actor=actor,
            note=note,
        )
        for statement in sql.RESTORE:
            cursor.execute(statement)
        return _put_in_place(cursor, batch, Promotion.Reason.ROLLBACK)


def _choose(
    cursor: Any, rows: QuerySet[Generation] | QuerySet[Promotion], pairs: str
) -> str:
    """Fill the temporary table `chosen` with pairs old and new; gives their pipeline.

    Raises PromotionRefused for none, or for several pipelines.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    try:
        query, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet as error:
        raise PromotionRefused(NOTHING) from error
    for statement in sql.FRESH:
        cursor.execute(statement)
    cursor.execute(pairs.replace("{chosen}", query), parameters)
    cursor.execute("ANALYZE chosen")
    cursor.execute("SELECT DISTINCT pipeline_name FROM chosen")
    pipelines = [name for (name,) in cursor.fetchall()]
    if not pipelines:
        raise PromotionRefused(NOTHING)
    if len(pipelines) > 1:
        raise PromotionRefused("Choose generations of one pipeline.")
    return str(pipelines[0])


def _refuse_unfit(cursor: Any) -> None:
    cursor.execute(sql.UNFIT)
    for count, why in cursor.fetchall():
        if count:
            raise PromotionRefused(f"{count} of them {why}")


def _put_in_place(cursor: Any, batch: PromotionBatch, reason: str) -> Promoted:
    """Swap states, carry answers, link old to new, and write the ledger last."""
    going = Generation.objects.filter(pk__in=RawSQL(sql.GOING, []))  # noqa: S611 - fixed SQL
    superseding.send(sender=PromotionBatch, generations=going)
    for statement in (*sql.SWAP, *sql.CARRY, *sql.SUPERSEDE):
        cursor.execute(statement)
    cursor.execute(
        sql.RECORD,
        {"batch": batch.pk, "reason": reason, "actor": batch.actor_id},
    )
    generations = int(cursor.rowcount)
    promoted.send(sender=PromotionBatch, batch=batch)
    return Promoted(batch, generations)
