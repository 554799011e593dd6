"""Looking at databases and folders from outside, for the tests of backups."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

from config import cluster
from config.backup.facts import TABLES

Rows = dict[str, list[str]]


def rows_of(session: Any) -> Rows:
    """Every row of every table, as text, in one order."""
    names = [name for (name,) in session.execute(TABLES).fetchall()]
    return {
        name: [
            row
            for (row,) in session.execute(
                f'SELECT t::text FROM "{name}" t ORDER BY t::text COLLATE "C"'  # noqa: S608
            ).fetchall()
        ]
        for name in names
    }


def rows_here() -> Rows:
    connection.ensure_connection()
    return rows_of(connection.connection)


def rows_in(url: str) -> Rows:
    with psycopg.connect(url, autocommit=True) as session:
        return rows_of(session)


def blobs_in(folder: Path) -> set[str]:
    """The names of all blob files; each must have the hash that it is named by."""
    files = [path for path in (folder / "sha256").rglob("*") if path.is_file()]
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    return {path.name for path in files}


def url_of_tests() -> str:
    """The database that these tests use, as another process must be told it."""
    values = settings.DATABASES["default"]
    host = quote(str(cluster.socket_directory(Path(settings.HOME))), safe="")
    name = connection.settings_dict["NAME"]
    if values["HOST"] and not str(values["HOST"]).startswith("/"):
        place = f"{values['HOST']}:{values['PORT'] or 5432}"
        return f"postgresql://{values['USER']}:{values['PASSWORD']}@{place}/{name}"
    return f"postgresql://{cluster.NAME}@/{name}?host={host}"
