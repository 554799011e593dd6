from __future__ import annotations

import argparse
import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from catalog import blobs
from catalog.durations import duration
from catalog.garbage import collect_garbage


def grace(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Delete blobs that no row needs, and what broken uploads left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace",
            type=grace,
            default=settings.GARBAGE_GRACE,
            metavar="24h",
            help="leave what was written within that time (default: GARBAGE_GRACE)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, delete nothing"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = collect_garbage(grace=options["grace"], dry_run=options["dry_run"])
        except blobs.BlobUnavailable as error:
            raise CommandError(f"{error}; nothing is lost, try again.") from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
            return
        what = "would be deleted" if options["dry_run"] else "deleted"
        size = filesizeformat(found.bytes).replace("\xa0", " ")
        self.stdout.write(
            f"{found.looked} blobs: {found.deleted} {what} ({size}), {found.young}"
            f" within the grace time; {found.remains} remains of uploads deleted"
        )
        if found.stopped:
            self.stdout.write("Stopped: a backup runs. The next call does the rest.")
