from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from catalog.blobs import BlobUnavailable
from config.backup import BackupError
from config.backup.restore import restore_backup
from config.home import BASE_DIR

# What says where data are kept; --into means the home alone.
ELSEWHERE = ("DATABASE_URL", "DATABASE_URL_FILE", "S3_BUCKET", "S3_ENDPOINT_URL")


class Command(BaseCommand):
    help = "Put a backup back into an empty database and store; see docs/storage.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="that backups were made into")
        parser.add_argument("--name", default="", help="which (default: the newest)")
        parser.add_argument(
            "--into",
            type=Path,
            metavar="HOME",
            help="an empty home with its own database, in place of the one that is set",
        )
        parser.add_argument(
            "--database-only",
            action="store_true",
            help="the blobs were not lost: leave the store as it is, but look at it",
        )
        parser.add_argument("--workers", type=int, default=4, help="blobs at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["into"] is not None:
            self.restore_elsewhere(options)
            return
        try:
            restored = restore_backup(
                options["folder"],
                name=options["name"],
                workers=options["workers"],
                say=self.stdout.write,
                with_blobs=not options["database_only"],
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        except (BlobUnavailable, OSError, DatabaseError, psycopg.Error) as error:
            raise CommandError(
                f"Broken off: {error}. Call it again, and it goes on."
            ) from error
        missing = restored.missing
        if missing:
            raise CommandError(
                f"{restored.manifest.name} is restored, but {len(missing)} blobs are"
                f" missing, like {missing[0]}: look for them in an older backup.",
                returncode=2,
            )
        self.stdout.write(
            f"{restored.manifest.name} is restored:"
            f" {restored.manifest.blob_count} blobs and"
            f" {sum(restored.manifest.tables.values())} rows, all accounted for."
        )
        self.stdout.write("Put the keys of the old home here before you start.")

    def restore_elsewhere(self, options: dict[str, Any]) -> None:
        home = options["into"].resolve()
        environment = {k: v for k, v in os.environ.items() if k not in ELSEWHERE}
        environment |= {"PALIMPSEST_HOME": str(home), "PALIMPSEST_ENV_FILE": os.devnull}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        command = [sys.executable, str(BASE_DIR / "manage.py"), "restore"]
        command += [str(options["folder"].resolve()), "--name", options["name"]]
        command += ["--workers", str(options["workers"])]
        command += ["--database-only"] * options["database_only"]
        answer = subprocess.run(command, env=environment, cwd=BASE_DIR)  # noqa: S603
        if answer.returncode:
            raise CommandError(
                f"Nothing was changed but {home}.", returncode=answer.returncode
            )
