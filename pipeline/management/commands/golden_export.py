from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline.evaluation.golden_lines import exported
from pipeline.evaluation.options import golden_set_of


class Command(BaseCommand):
    help = "Write golden cases as JSON lines. They hold values: keep the file safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- for stdout")
        parser.add_argument(
            "--golden-set",
            type=int,
            metavar="N",
            help="what a frozen set holds (default: what counts now)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        cases = exported(golden_set_of(options["golden_set"]))
        lines = (f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
        if options["file"] == "-":
            self.stdout.writelines(lines)
            return
        count = 0
        try:
            with open(options["file"], "w", encoding="utf-8") as file:  # noqa: PTH123
                for count, line in enumerate(lines, 1):  # noqa: B007
                    file.write(line)
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error}.") from None
        self.stdout.write(f"{count} golden cases in {options['file']}")
