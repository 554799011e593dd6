from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.erasing.residue import Scope
from catalog.services import apply_retention, due_by_class


class Command(BaseCommand):
    help = "Lists what retention classes no longer keep, or erases it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--dry-run", action="store_true", help="only list")
        what.add_argument("--apply", action="store_true", help="erase what is not held")
        parser.add_argument("--most", type=int, help="at most so many sources")
        parser.add_argument(
            "--scan",
            choices=[scope.value for scope in Scope],
            default=Scope.AUTO.value,
            help="how far each scan for residue looks; see manage.py erase",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        told: dict[str, Any] = {"due": [asdict(row) for row in due_by_class()]}
        if options["apply"]:
            done = apply_retention(most=options["most"], scope=Scope(options["scan"]))
            told["erased"] = done.erased
            told["with_residue"] = [str(one) for one in done.with_residue]
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self._say(told)
        if told.get("with_residue"):
            raise CommandError(
                "Something is left of some sources: manage.py erase ID says where."
            )

    def _say(self, told: dict[str, Any]) -> None:
        for row in told["due"]:
            self.stdout.write(
                f"{row['retention_class']}, {row['tenant']}:"
                f" {row['sources']} due, {row['held']} of them held"
            )
        if not told["due"]:
            self.stdout.write("Nothing is due.")
        if "erased" in told:
            self.stdout.write(f"Erased {told['erased']}.")
