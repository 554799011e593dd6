"""What concerns the whole store at once: counters, and rows whose parent is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from catalog.fsck.base import Finding, Scope, Step

_KEYS = (
    "tenant_id, pipeline_name, pipeline_version, model_id, document_type, template_key"
)
RECOUNT = f"""
SELECT count(*), array_agg(concat_ws(' ', tenant_id, pipeline_name, pipeline_version))
    FILTER (WHERE difference <> 0)
FROM (SELECT {_KEYS}, sum(n) AS difference FROM (
        SELECT {_KEYS}, generations AS n FROM version_tally
        UNION ALL
        SELECT s.tenant_id, g.pipeline_name, g.pipeline_version, g.model_id,
            g.document_type, g.template_key, -1
        FROM generation g JOIN source_media s USING (source_id)
        WHERE g.state = 'current') counted
    GROUP BY {_KEYS}) compared"""  # noqa: S608 - fixed names


class Tally:
    """The version matrix against a recount of what is current."""

    name = "tally"
    finds = {
        "tally_differs": "The version matrix counts otherwise than the generations do."
        " Empty version_tally and fill it from a recount; docs/fsck.md has the"
        " statement.",
    }

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        if cursor or scope.source_id is not None:
            return
        with connection.cursor() as rows:
            rows.execute(RECOUNT)
            looked_at, wrong = rows.fetchone()
        detail = self.finds["tally_differs"]
        yield Step(
            True,  # noqa: FBT003 - a cursor: done
            looked_at,
            [Finding("tally_differs", key[:100], detail) for key in wrong or []],
        )


# child table, its key, column, parent table, its key.
PARENTS = (
    ("generation", "generation_id", "source_id", "source_media", "source_id"),
    ("derived_artifact", "artifact_id", "source_id", "source_media", "source_id"),
    ("artifact_input", "id", "artifact_id", "derived_artifact", "artifact_id"),
    ("promotion", "promotion_id", "source_id", "source_media", "source_id"),
    ("promotion", "promotion_id", "batch_id", "promotion_batch", "batch_id"),
    ("comparison", "comparison_id", "new_generation_id", "generation", "generation_id"),
    ("comparison", "comparison_id", "old_generation_id", "generation", "generation_id"),
    ("search_page", "artifact_id", "artifact_id", "derived_artifact", "artifact_id"),
    ("golden_case", "case_id", "source_id", "source_media", "source_id"),
    ("golden_value", "value_id", "case_id", "golden_case", "case_id"),
    ("golden_set_value", "id", "value_id", "golden_value", "value_id"),
    ("golden_set_value", "id", "golden_set_id", "golden_set", "set_id"),
    ("delivered_artifact", "id", "artifact_id", "derived_artifact", "artifact_id"),
    ("erasure", "erasure_id", "source_id", "source_media", "source_id"),
    ("erased_artifact", "artifact_id", "erasure_id", "erasure", "erasure_id"),
    ("blob_to_delete", "id", "erasure_id", "erasure", "erasure_id"),
)


class Parents:
    """Rows that name another row which is not there. Only where all is looked at."""

    name = "parents"
    finds = {
        "row_without_parent": "The row belongs to one that is not there: somebody"
        " deleted past the triggers. Restore what is missing from a backup.",
    }

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        if not scope.whole:
            return
        for number, relation in enumerate(PARENTS):
            if number >= int(cursor or 0):
                yield Step(number + 1, *self._look(*relation))

    def _look(
        self, table: str, key: str, column: str, parent: str, parent_key: str
    ) -> tuple[int, list[Finding]]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT count(*), array_agg(r.{key}::text)
                    FILTER (WHERE p.{parent_key} IS NULL)
                FROM {table} r LEFT JOIN {parent} p ON p.{parent_key} = r.{column}
                WHERE r.{column} IS NOT NULL"""  # noqa: S608 - fixed names
            )
            looked_at, lost = cursor.fetchone()
        detail = self.finds["row_without_parent"]
        return looked_at, [
            Finding("row_without_parent", f"{table} {subject}", detail)
            for subject in lost or []
        ]
