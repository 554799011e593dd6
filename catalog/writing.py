"""Rows of the hot path, put in and changed by an SQL that is written once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault


def insert(row: Model, *, unless_there: bool = False, told: bool = True) -> bool:
    """As row.save(force_insert=True) does it, without building and compiling a query.

    Sends no signals: for models that nothing listens to. unless_there: a row that a
    unique constraint is against is left out, and False is told; there is no error, so
    the transaction goes on. told: whether what the database fills in is asked for at
    once; else it is when somebody reads it, and a number of its own is not known.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    given, left = [], []
    for field in row._meta.local_concrete_fields:
        value = field.pre_save(row, add=True)
        by_database = isinstance(value, DatabaseDefault)
        if by_database or (value is None and field is row._meta.auto_field):
            left.append(field)
        else:
            given.append((field, field.get_db_prep_save(value, connection)))
    columns = tuple(str(field.column) for field, _ in given)
    asked = tuple(str(field.column) for field in left) if told else ()
    with connection.cursor() as cursor:
        sql = _sql(row._meta.db_table, columns, asked, unless_there=unless_there)
        cursor.execute(sql, [value for _, value in given])
        if unless_there and not cursor.rowcount:
            return False
        if asked:
            _tell(row, left, cursor.fetchone())
    if not told:
        _leave(row, left)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def update(row: Model, *names: str) -> None:
    """As row.save(update_fields=names) does it, where the row is known to be there."""
    connection = connections[DEFAULT_DB_ALIAS]
    by_name = {field.name: field for field in row._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    values: list[Any] = [
        field.get_db_prep_save(field.pre_save(row, add=False), connection)
        for field in fields
    ]
    columns = tuple(str(field.column) for field in fields)
    sql = _update_sql(row._meta.db_table, columns, str(row._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])


def _tell(row: Model, fields: list[Any], values: Any) -> None:
    for field, value in zip(fields, values, strict=True):
        setattr(row, field.attname, value)


def _leave(row: Model, fields: list[Any]) -> None:
    for field in fields:
        if not field.primary_key:
            del row.__dict__[field.attname]  # deferred, in Django's words


@lru_cache(maxsize=256)
def _sql(
    table: str, columns: tuple[str, ...], told: tuple[str, ...], *, unless_there: bool
) -> str:
    """told: the columns that the database fills, and tells."""
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("%s" for _ in columns)
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608 - our names
    if unless_there:
        sql += " ON CONFLICT DO NOTHING"
    return f"{sql} RETURNING {', '.join(told)}" if told else sql


@lru_cache(maxsize=256)
def _update_sql(table: str, columns: tuple[str, ...], key: str) -> str:
    changes = ", ".join(f'"{column}" = %s' for column in columns)
    return f'UPDATE "{table}" SET {changes} WHERE "{key}" = %s'  # noqa: S608 - our names
