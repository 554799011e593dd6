"""Where in the database text or hashes can stand, and whose source each row is of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from catalog.models import DerivedArtifact, SourceMedia

# Of every table that holds rows of its own, partitions included: all columns but ids,
# numbers and times.
COLUMNS = """
SELECT c.table_name, c.column_name, c.udt_name
FROM information_schema.columns c
JOIN pg_class t ON t.relname = c.table_name AND t.relkind = 'r'
    AND t.relnamespace = current_schema()::regnamespace
WHERE c.table_schema = current_schema()
ORDER BY 1, 2
"""
TEXTS = frozenset(
    [
        *("text", "varchar", "bpchar", "name", "citext", "_text", "_varchar"),
        *("json", "jsonb", "_jsonb", "xml", "tsvector", "hstore"),
    ]
)
# Rows of these columns belong to a source, or to an artifact that may be covered.
OF_SOURCE, OF_ARTIFACT = "source_id", ("artifact_id", "input_artifact_id")


@dataclass
class Table:
    """texts and binaries: columns; ids: those that lead to a source or an artifact."""

    name: str
    texts: list[str] = field(default_factory=list)
    binaries: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    @property
    def columns(self) -> list[str]:
        return [*self.texts, *self.binaries]


def tables() -> list[Table]:
    found: dict[str, Table] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for name, column, kind in cursor.fetchall():
            table = found.setdefault(name, Table(name))
            if kind in TEXTS:
                table.texts.append(column)
            elif kind == "bytea":
                table.binaries.append(column)
            elif kind == "uuid" and column in (OF_SOURCE, *OF_ARTIFACT):
                table.ids.add(column)
    return [table for table in found.values() if table.columns]


def own_rows(table: Table) -> list[str]:
    """Conditions that are each true of rows of the source %(source)s or of artifacts
    under %(erasure)s. None where the table's rows belong to no source.
    """
    covered = "SELECT artifact_id FROM erased_artifact WHERE erasure_id = %(erasure)s"
    said = [f"{name} IN ({covered})" for name in OF_ARTIFACT if name in table.ids]
    if OF_SOURCE in table.ids:
        said.append("source_id = %(source)s")
    elif (path := _path(_model_of(table.name))) is not None:
        said.append(_reaches_source(path))
    return said


def _model_of(table: str) -> type[Model] | None:
    models: Iterable[type[Model]] = apps.get_models(include_auto_created=True)
    return next((m for m in models if m._meta.db_table == table), None)


def _path(
    model: type[Model] | None, seen: frozenset[type[Model]] = frozenset()
) -> Sequence[ForeignKey[Any, Any]] | None:
    """The shortest way along foreign keys to a table that names its source."""
    if model is None or model in seen:
        return None
    if model in (SourceMedia, DerivedArtifact) or _names_source(model):
        return ()
    ways = []
    for key in model._meta.concrete_fields:
        if isinstance(key, ForeignKey):
            rest = _path(key.remote_field.model, seen | {model})
            if rest is not None:
                ways.append((key, *rest))
    return min(ways, key=len, default=None)


def _names_source(model: type[Model]) -> bool:
    return any(f.column == OF_SOURCE for f in model._meta.concrete_fields)


def _reaches_source(path: Sequence[ForeignKey[Any, Any]]) -> str:
    """Nested look-ups from the first key down to the source."""
    inner = "source_id = %(source)s"
    for key in reversed(path):
        target = key.remote_field.model._meta
        rows = f"SELECT {target.pk.column} FROM {target.db_table} WHERE {inner}"  # noqa: S608 - names of models
        inner = f"{key.column} IN ({rows})"
    return inner
