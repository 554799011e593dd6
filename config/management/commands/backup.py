from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import BackupError
from config.backup.make import make_backup
from config.backup.prune import prune
from config.backup.verify import verify_backup


class Command(BaseCommand):
    help = "Back up database and blobs together; see docs/storage.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="of this and of older backups")
        parser.add_argument(
            "--verify",
            action="store_true",
            help="make none: read every byte of the newest one, and say if it is whole",
        )
        parser.add_argument("--name", default="", help="verify this one instead")
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="afterwards delete all but the N newest, and the blobs only they have",
        )
        parser.add_argument("--workers", type=int, default=4, help="blobs at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep must leave one backup at least.")
        try:
            if options["verify"]:
                self.verify(options)
            else:
                self.make(options)
        except BackupError as error:
            raise CommandError(str(error)) from error

    def make(self, options: dict[str, Any]) -> None:
        manifest = make_backup(
            options["folder"], workers=options["workers"], say=self.stdout.write
        )
        if options["keep"] is not None:
            gone = prune(options["folder"], keep=options["keep"])
            self.stdout.write(
                f"{gone.backups} older backups, {gone.blobs} blobs deleted"
            )
        self.stdout.write(f"Backup {manifest.name} is whole.")
        self.stdout.write("Not in it: the keys of the home (docs/storage.md).")
        if manifest.lost:
            raise CommandError(
                f"The backup is kept, but {len(manifest.lost)} blobs were missing or"
                f" damaged before, like {manifest.lost[0]}: restore them from an older"
                " one.",
                returncode=2,
            )

    def verify(self, options: dict[str, Any]) -> None:
        manifest, damaged = verify_backup(
            options["folder"], name=options["name"], workers=options["workers"]
        )
        if damaged:
            for path in damaged:
                self.stdout.write(str(path))
            raise CommandError(
                f"{len(damaged)} blobs of {manifest.name} are missing or damaged:"
                " delete the files named above and make a backup, which copies them"
                " again."
            )
        self.stdout.write(
            f"{manifest.name} is whole: {manifest.blob_count} blobs,"
            f" {manifest.blob_bytes} bytes, and the database."
        )
