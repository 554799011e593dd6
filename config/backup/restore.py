"""Putting a backup back into an empty place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from catalog import blobs
from config.backup import BackupError, tools
from config.backup.archive import DUMP, Archive, Manifest, check_files, lines_of
from config.backup.copying import copy_all
from config.backup.facts import broken_link, facts_of, needed_blobs
from config.backup.order import missing_from

Say = Callable[[str], None]
RELATIONS = """SELECT count(*) FROM pg_class c JOIN pg_namespace n
    ON n.oid = relnamespace WHERE nspname NOT LIKE 'pg\\_%'
    AND nspname <> 'information_schema'"""


@dataclass(frozen=True, slots=True)
class Restored:
    """missing: hashes of blobs that rows name and the store now does not have whole."""

    manifest: Manifest
    missing: list[str]


def restore_backup(
    folder: Path, *, name: str, workers: int, say: Say, with_blobs: bool = True
) -> Restored:
    """Blobs first, then the database in one transaction, then proof of both.

    Without blobs: the store is there still, only the database was lost. A restore that
    was broken off goes on when called again. Raises BackupError, before anything is
    written where the place is not empty.
    """
    archive = Archive(folder)
    path = archive.path_of(name)
    manifest = check_files(path)
    connection.ensure_connection()
    session = connection.connection
    _check_database_is_new(session, manifest)
    program = tools.tool("pg_restore", session.info.server_version // 10_000)
    missing: list[str] = []
    if with_blobs:
        _check_store_is_new(path)
        say(f"Copying {manifest.blob_count} blobs of {manifest.name}")
        missing = _copy(archive, path, workers)
    say("Restoring the database")
    options = ("--exit-on-error", "--single-transaction", "--no-owner")
    tools.run([program, *options, "--no-privileges", str(path / DUMP)], session)
    say("Checking")
    _check_database(session, manifest)
    missing += [h for h in _not_there(session) if h not in missing]
    return Restored(manifest, missing)


def _check_database_is_new(session: Any, manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown:
        raise BackupError(
            f"The backup was made by a newer version (it has {unknown[-1]}): install"
            " that version, and restore with it."
        )
    if session.execute(RELATIONS).fetchone()[0]:
        raise BackupError(
            f"The database {session.info.dbname} is not empty, and nothing is restored"
            " over it: set PALIMPSEST_HOME or DATABASE_URL to an empty one."
        )


def _check_store_is_new(path: Path) -> None:
    """Or holds what a restore of the same backup left that was broken off."""
    ours = (line.content_hash for line in lines_of(path))
    for content_hash in missing_from((e.content_hash for e in blobs.entries()), ours):
        raise BackupError(
            f"The {blobs.store().place} has blobs that are not of this backup, like"
            f" {content_hash}: set PALIMPSEST_HOME or S3_BUCKET to an empty one, or"
            " restore the --database-only."
        )


def _copy(archive: Archive, path: Path, workers: int) -> list[str]:
    """The hashes of the blobs that could not be restored."""
    hashes = (line.content_hash for line in lines_of(path))
    copies = copy_all(
        hashes, origin=archive.store, target=blobs.store(), workers=workers
    )
    missing = []
    for copy in copies:
        if copy.size is None or (not copy.new and not _is_whole(copy.content_hash)):
            missing.append(copy.content_hash)
    return missing


def _is_whole(content_hash: str) -> bool:
    """Of what a restore left that was broken off."""
    try:
        for _ in blobs.chunks_verified(content_hash):
            pass
    except (blobs.BlobMissing, blobs.BlobDamaged):
        return False
    return True


def _check_database(session: Any, manifest: Manifest) -> None:
    facts = facts_of(session)
    if facts.tables != manifest.tables:
        wrong = dict(facts.tables.items() ^ manifest.tables.items())
        raise BackupError(f"Rows are missing after the restore, in {sorted(wrong)}.")
    if facts.ledger != manifest.ledger or broken_link(session) is not None:
        raise BackupError("The ledger is not the one that was backed up.")


def _not_there(session: Any) -> Iterator[str]:
    stored = (entry.content_hash for entry in blobs.entries())
    yield from missing_from(needed_blobs(session), stored)
