from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import write_json
from catalog.services import NothingToFreeze, freeze_golden_set


class Command(BaseCommand):
    help = "Freeze the true values that count now under the next number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--note", default="", help="what the set is for")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            frozen = freeze_golden_set(note=options["note"][:200])
        except NothingToFreeze as nothing:
            raise CommandError(str(nothing)) from None
        if options["json"]:
            answer = {
                "number": frozen.number,
                "cases": frozen.cases,
                "values": frozen.values_count,
                "digest": frozen.digest,
            }
            write_json(self, answer)
            return
        self.stdout.write(
            f"Golden set {frozen.number}: {frozen.values_count} values of"
            f" {frozen.cases} cases, {frozen.digest[:12]}"
        )
