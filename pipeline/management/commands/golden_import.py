from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.services import Filed, SourceErased, file_golden_cases
from pipeline.evaluation.golden_lines import BadLine, taken_in


class Command(BaseCommand):
    help = "Take in golden cases from JSON lines, all of a file or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- for stdin")
        parser.add_argument(
            "--note",
            default="",
            help="where the cases come from, for lines that do not say (default: the"
            " file's name)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            filed = self._file(options["file"], options["note"])
        except (BadLine, UnicodeDecodeError) as bad:
            raise CommandError(f"{bad} Nothing was filed.") from None
        except SourceErased:
            raise CommandError(
                "An original was erased in the meantime: take its case out of the file."
                " Nothing was filed."
            ) from None
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error}.") from None
        self.stdout.write(
            f"{filed.cases} cases opened, {filed.values} values filed;"
            " what stood already was not filed again."
        )

    def _file(self, name: str, note: str) -> Filed:
        if name == "-":
            return file_golden_cases(cases=taken_in(sys.stdin, note=note))
        with Path(name).open(encoding="utf-8") as lines:
            cases = taken_in(lines, note=(note or Path(name).name)[:200])
        return file_golden_cases(cases=cases)
