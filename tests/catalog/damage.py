"""Damage as a superuser or a bad disk does it, each with what fsck must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.catalog.stores import Store

Do = Callable[[Store, Path], None]


@dataclass(frozen=True)
class Damage:
    name: str
    found: set[str]
    do: Do


def forced(*statements: str) -> Do:
    """Past the triggers and foreign keys; {plain}, {promoted}, {back} are ids of
    generations, {plain_source} and so on of their sources."""

    def do(store: Store, storage: Path) -> None:
        names = {
            name: f"'{getattr(store, name).pk}'"
            for name in ("plain", "promoted", "back")
        } | {
            f"{name}_source": f"'{getattr(store, name).source_id}'"
            for name in ("plain", "promoted", "back")
        }
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement.format(**names))
                assert cursor.rowcount != 0, "nothing was damaged"
            cursor.execute("SET LOCAL session_replication_role = origin")

    return do
