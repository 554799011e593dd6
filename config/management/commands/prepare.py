from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog import blobs
from reviewer.demo import load

# Any number will do, as long as nothing else of ours takes the same advisory lock.
LOCK = 7_201_119


class Command(BaseCommand):
    help = "Migrates, collects static files, loads the demo: what the server needs."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # Two servers with one database must not migrate at the same time.
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            self.migrate()
            self.collect()
            blobs.remove_remains()
            call_command("ensure_pipeline")
            if wants_demo() and load.is_due():
                call_command("load_demo")

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Applying {len(plan)} migrations")
            call_command("migrate", interactive=False, verbosity=1)

    def collect(self) -> None:
        root = Path(settings.STATIC_ROOT)
        marker, digest = root / ".collected", digest_of_sources()
        if marker.exists() and marker.read_text() == digest:
            return
        begin = time.monotonic()
        self.stdout.write("Collecting static files")
        marker.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        marker.write_text(digest)
        self.stdout.write(f"Collected in {time.monotonic() - begin:.1f} s")


def wants_demo() -> bool:
    """Its log-ins are public: without a word only where nobody else can come in."""
    local = os.environ.get("HOST", "127.0.0.1") in ("127.0.0.1", "::1", "localhost")
    return os.environ.get("PALIMPSEST_DEMO", "1" if local else "0") != "0"


def digest_of_sources() -> str:
    """Of the names, sizes and times of all files that collectstatic would copy."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
