from __future__ import annotations

from django.db import connection

from benchmarks.catalog.build import ARTIFACTS_A_SOURCE

TABLES = ("source_media", "generation", "artifact_input", "promotion", "version_tally")


def _one(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def bytes_an_artifact(sources: int) -> list[tuple[str, str]]:
    """Of derived_artifact: rows, what of them is said, indexes; then the others."""
    count = sources * ARTIFACTS_A_SOURCE
    heap = _one("SELECT pg_table_size('derived_artifact')")
    indexes = _one("SELECT pg_indexes_size('derived_artifact')")
    content = _one(
        "SELECT sum(coalesce(pg_column_size(payload), 0)"
        " + coalesce(pg_column_size(region), 0)) FROM derived_artifact"
    )
    rows = [
        ("derived_artifact, rows", f"{heap / count:.0f} B an artifact"),
        ("  of which values and regions", f"{content / count:.0f} B an artifact"),
        ("derived_artifact, indexes", f"{indexes / count:.0f} B an artifact"),
        (
            "derived_artifact without values and regions",
            f"{(heap + indexes - content) / count:.0f} B an artifact",
        ),
        ("derived_artifact, all", f"{(heap + indexes) / count:.0f} B an artifact"),
    ]
    for table in TABLES:
        size = _one(f"SELECT pg_total_relation_size('{table}')")
        rows.append((table, f"{size / count:.0f} B an artifact"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_relation_size(indexrelid)"
            " FROM pg_index WHERE indrelid = 'derived_artifact'::regclass ORDER BY 1"
        )
        for name, size in cursor.fetchall():
            rows.append((f"  index {name[:44]}", f"{size / count:.0f} B an artifact"))
    return rows
