"""Writing a selection down as items, set by set."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator

from django.db import connection

from catalog.models.generation import GenerationQuerySet
from pipeline.models import Reprocess, Stage

# Sources an INSERT: small enough for a statement's memory, whatever the corpus.
CHUNK = 10_000
# The place of a text in a random order, 0 to 2^31 - 1. md5, since its answer is the
# same on every server and by every version of it.
PLACE = "('x' || substr(md5(%(expressions)s), 1, 8))::bit(32)::int & 2147483647"
SPAN = 2**31
POSITION = PLACE % {"expressions": "%s || source_id::text"}

# In the order of its parameters: those of the chosen, the reprocess, canary, all, seed.
INSERT = """
WITH chosen AS ({chosen}),
new AS (
    INSERT INTO reprocess_item (item_id, reprocess_id, source_id, stage, position,
        state, attempts, reason, slices, ms, micro_usd, steps_run, steps_spared)
    SELECT catalog_new_id(), %s, source_id,
        CASE WHEN EXISTS (SELECT 1 FROM golden_case g
            WHERE g.source_id = chosen.source_id AND g.retired_at IS NULL)
        THEN %s ELSE %s END,
        {position}, 'waiting', 0, '', '{}', 0, 0, 0, 0
    FROM chosen RETURNING source_id)
SELECT count(*), (SELECT source_id FROM new ORDER BY source_id DESC LIMIT 1) FROM new
"""

DRAW = """
UPDATE reprocess_item SET stage = %s WHERE item_id IN (
    SELECT item_id FROM reprocess_item
    WHERE reprocess_id = %s AND stage = %s AND state IN ('waiting', 'working')
    ORDER BY stage, position, item_id LIMIT %s)
"""


def fill(reprocess: Reprocess, readings: GenerationQuerySet) -> int:
    """An item a source, in the caller's transaction; gives how many there are.

    The canary gets the sources of active golden cases and a share at random, at least
    one; the sample the next in the random order.
    """
    count = sum(_chunks(reprocess, readings))
    canary = max(1, math.ceil(reprocess.canary_share * count))
    _draw(reprocess, Stage.CANARY, canary)
    _draw(reprocess, Stage.SAMPLE, math.ceil(reprocess.sample_share * count))
    return count


def _chunks(reprocess: Reprocess, readings: GenerationQuerySet) -> Iterator[int]:
    after: uuid.UUID | None = None
    count = CHUNK
    while count == CHUNK:
        rows = readings if after is None else readings.filter(source__gt=after)
        count, after = _insert(reprocess, rows)
        yield count


def _insert(
    reprocess: Reprocess, rows: GenerationQuerySet
) -> tuple[int, uuid.UUID | None]:
    chosen = rows.order_by("source_id").values("source_id")[:CHUNK]
    query, parameters = chosen.query.sql_with_params()
    sql = INSERT.replace("{chosen}", query).replace("{position}", POSITION)
    stages = (Stage.CANARY.value, Stage.ALL.value)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, reprocess.pk, *stages, str(reprocess.seed)])
        count, last = cursor.fetchone()
    return int(count), last


def _draw(reprocess: Reprocess, stage: Stage, most: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DRAW, [stage.value, reprocess.pk, Stage.ALL.value, most])
