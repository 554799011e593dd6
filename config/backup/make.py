"""Making a backup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError, connection

from catalog import blob_gate, blobs
from catalog.hashing import sha256_of_file
from config.backup import BackupError, tools
from config.backup.archive import BLOBS, DUMP, MANIFEST, Archive, Manifest
from config.backup.copying import copy_all
from config.backup.facts import Facts, facts_of, needed_blobs

Say = Callable[[str], None]
NEEDED = "needed.txt"


def make_backup(folder: Path, *, workers: int, say: Say) -> Manifest:
    """Back up database and blobs into a folder, beside older backups of it.

    Only blobs that the folder does not have are copied. What is broken off leaves the
    older backups as they were, and the blobs that it copied to the next one.
    Raises BackupError.
    """
    archive, begun = Archive(folder), datetime.now(UTC)
    with archive.alone():
        name = begun.strftime("%Y%m%dT%H%M%S.%fZ")
        try:
            partial = archive.begin(name)
            with blob_gate.deletions_held() as still_held:
                say("Dumping the database")
                with snapshot() as (session, identity):
                    facts = _dump(session, identity, partial)
                    server = session.info.server_version // 10_000
                say("Copying blobs")
                count, size, new, lost = _copy(archive, partial, workers)
                still_held()
        except (blobs.BlobUnavailable, OperationalError, psycopg.Error) as error:
            raise BackupError(f"Broken off: {error}. {GO_ON}") from error
        except OSError as error:
            raise BackupError(f"Broken off: {error.strerror}. {GO_ON}") from error
        manifest = Manifest(
            name=name,
            begun_at=begun.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            postgres=server,
            tables=facts.tables,
            ledger=facts.ledger,
            migrations=facts.migrations,
            dump_hash=sha256_of_file(partial / DUMP),
            blobs_hash=sha256_of_file(partial / BLOBS),
            blob_count=count,
            blob_bytes=size,
            lost=lost,
        )
        manifest.write(partial / MANIFEST)
        archive.finish(partial)
    say(f"{count} blobs, {new} of them new since the last backup here")
    return manifest


GO_ON = "Older backups are as they were; call it again, and it copies what is left."


@contextmanager
def snapshot() -> Iterator[tuple[Any, str]]:
    """A psycopg connection in a transaction, and the name by which others see as it."""
    other = connection.copy()
    try:
        other.ensure_connection()
        session = other.connection
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        with session.transaction():
            row = session.execute("SELECT pg_export_snapshot()").fetchone()
            yield session, row[0]
    finally:
        other.close()


def _dump(session: Any, identity: str, partial: Path) -> Facts:
    """Everything that is one snapshot: the dump, the counts, the names of the blobs."""
    server = session.info.server_version // 10_000
    program = tools.tool("pg_dump", server)
    tools.run(
        [
            program,
            *("--format", "custom", "--no-owner", "--no-privileges"),
            *("--snapshot", identity, "--file", str(partial / DUMP)),
        ],
        session,
    )
    (partial / DUMP).chmod(0o600)
    with (partial / NEEDED).open("w") as file:
        for content_hash in needed_blobs(session):
            file.write(f"{content_hash}\n")
    return facts_of(session)


def _copy(
    archive: Archive, partial: Path, workers: int
) -> tuple[int, int, int, list[str]]:
    """Count, bytes and how many new of the blobs, and the hashes of the lost ones."""
    count = size = new = 0
    lost = []
    with (partial / NEEDED).open() as names, (partial / BLOBS).open("w") as out:
        hashes = (name.strip() for name in names)
        for copy in copy_all(
            hashes, origin=blobs.store(), target=archive.store, workers=workers
        ):
            if copy.size is None:
                lost.append(copy.content_hash)
                continue
            out.write(f"{copy.content_hash} {copy.size}\n")
            count, size, new = count + 1, size + copy.size, new + copy.new
    (partial / NEEDED).unlink()
    if not archive.folder.is_dir():
        raise BackupError(f"{archive.folder} has gone away.")
    return count, size, new, lost
