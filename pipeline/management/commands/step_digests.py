from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline import frozen


class Command(BaseCommand):
    help = (
        "Say which steps' code is not that of their version; --write notes the code"
        " as it is now, for steps whose version was raised."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true")
        parser.add_argument(
            "--same",
            nargs="+",
            default=[],
            metavar="STEP",
            help="steps whose results all stay the same, so that their version may",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        here = frozen.digests_here()
        kept = frozen.digests_kept() if frozen.FILE.exists() else None
        found = frozen.changed(kept, here) if kept else []
        same = set(options["same"])
        if unknown := same - here.steps.keys():
            raise CommandError(f"There is no step {', '.join(sorted(unknown))}.")
        against = [one for one in found if not one.raised and one.name not in same]
        if not options["write"]:
            against = found
        if against:
            raise CommandError("\n".join(one.advice for one in against))
        if options["write"]:
            frozen.write(here)
        self.stdout.write(f"{len(here.steps)} steps are as {frozen.FILE.name} says.")
