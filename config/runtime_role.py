"""The grants of a role that runs the product and owns nothing of it.

What a role may change is read off the models: their triggers say which columns ever
change and which rows are ever deleted, and the grants say it once more, where no
trigger that somebody switched off matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import Model

from catalog.models import (
    BlobToDelete,
    Membership,
    ScrubFinding,
    SearchPage,
    VersionTally,
)
from pipeline.models import (
    DocumentType,
    FieldDefinition,
    GateSlice,
    PaidAnswer,
    PipelineVersion,
    ProcessingEvent,
    StepEvent,
)
from reviewer.models import OwnKeys, Skills, Turnaround

OURS = frozenset(["catalog", "pipeline", "reviewer"])
# Rows that are no records: indexes, sums, settings, and what erasures take along.
DELETED: frozenset[type[Model]] = frozenset(
    [
        *(BlobToDelete, Membership, ScrubFinding, SearchPage, VersionTally),
        *(DocumentType, FieldDefinition, PipelineVersion, ProcessingEvent, StepEvent),
        *(OwnKeys, Skills, Turnaround),
        # Measured anew until it is signed.
        GateSlice,
        # Until the reading that they were paid for is whole.
        PaidAnswer,
    ]
)
# Written once, deleted, and never changed in between.
NEVER_CHANGED: frozenset[type[Model]] = frozenset(
    [
        *(BlobToDelete, PaidAnswer, ProcessingEvent, ScrubFinding, SearchPage),
        *(StepEvent, VersionTally),
    ]
)


def statements(role: str) -> Iterator[str]:
    """The SQL that gives the role all that the product needs and takes the rest.

    The role must be there. Whoever runs it owns the tables. Safe to run again: after
    each migration it must be.
    """
    name, schema = quoted(role), quoted(_schema())
    database = quoted(str(connection.settings_dict["NAME"]))
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM {name}"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {name}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    # Everything may be read, months of events that are yet to come too: the scan for
    # residue looks everywhere.
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {name}"
    yield (
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {name}"
    )
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {name}"
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield from _grants(model, name)


def _grants(model: type[Model], name: str) -> Iterator[str]:
    table = quoted(model._meta.db_table)
    yield f"GRANT INSERT ON {table} TO {name}"
    if columns := changeable(model):
        listed = ", ".join(map(quoted, columns))
        yield f"GRANT UPDATE ({listed}) ON {table} TO {name}"
    if is_deletable(model):
        yield f"GRANT DELETE ON {table} TO {name}"


def changeable(model: type[Model]) -> Sequence[str]:
    """The columns that may ever change, in the order of the table."""
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    columns = [str(field.column) for field in fields]
    if model in NEVER_CHANGED:
        return []
    for trigger in _triggers(model):
        if (left := getattr(trigger, "changeable", None)) is not None:
            columns = [column for column in columns if column in left]
        elif isinstance(trigger, pgtrigger.ReadOnly):
            columns = _without_read_only(model, trigger, columns)
        elif _forbids(trigger, "UPDATE"):
            return []
    return columns


def is_deletable(model: type[Model]) -> bool:
    """Rows of ours are kept, unless a rule or the list above says otherwise."""
    if model._meta.app_label not in OURS:
        return True
    triggers = _triggers(model)
    if any(getattr(trigger, "deletable", False) for trigger in triggers):
        return True
    return model in DELETED and not any(_forbids(t, "DELETE") for t in triggers)


def _triggers(model: type[Model]) -> list[Any]:
    found: list[Any] = getattr(model._meta, "triggers", [])
    return found


def _forbids(trigger: Any, operation: str) -> bool:
    """Whether it refuses the operation on every row."""
    return (
        isinstance(trigger, pgtrigger.Protect)
        and trigger.condition is None
        and operation in str(trigger.operation)
    )


def _without_read_only(
    model: type[Model], trigger: Any, columns: Sequence[str]
) -> list[str]:
    named = trigger.exclude if trigger.exclude is not None else (trigger.fields or [])
    listed = {f.column for f in model._meta.concrete_fields if f.name in named}
    if trigger.exclude is not None:
        return [column for column in columns if column in listed]
    return [column for column in columns if trigger.fields and column not in listed]


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        [(schema,)] = cursor.fetchall()
    return str(schema)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
