from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from catalog.management.questions import write_json, write_table
from catalog.models import Generation, SourceMedia
from reviewer.side_by_side import SideBySide, chosen
from reviewer.timeline import Moment, timeline_of


class Command(BaseCommand):
    help = "All that happened to a source, and the values of two of its readings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SOURCE", help="its id")
        parser.add_argument(
            "--values",
            nargs=2,
            metavar=("LEFT", "RIGHT"),
            default=("", ""),
            help="two generations' ids (default: the two newest complete ones)",
        )
        parser.add_argument("--json", action="store_true", help="JSON, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        source = self._source(options["source"])
        moments = timeline_of(source)
        generations = list(Generation.objects.filter(source=source))
        left, right = options["values"]
        try:
            values = chosen(generations, left, right)
        except Http404:
            raise CommandError(
                "Both must be generations of this source. It has:"
                f" {', '.join(str(g.pk) for g in generations) or 'none'}."
            ) from None
        if options["json"]:
            answer = {
                "source_id": str(source.pk),
                "history": [moment.as_json() for moment in moments],
                "values": values and values.as_json(),
            }
            write_json(self, answer)
            return
        self._tables(moments, values)

    def _source(self, given: str) -> SourceMedia:
        try:
            return SourceMedia.objects.get(pk=given)
        except (SourceMedia.DoesNotExist, ValidationError):
            raise CommandError(f"There is no source {given}.") from None

    def _tables(self, moments: list[Moment], values: SideBySide | None) -> None:
        told = [moment.happening for moment in moments]
        write_table(
            self.stdout,
            ["when", "what", "who", "why"],
            [[f"{t.at:%Y-%m-%d %H:%M:%S}", t.what, t.who, t.detail] for t in told],
        )
        if values is None:
            return
        heads = [f"{g.pipeline_version} {g.pk}" for g in (values.left, values.right)]
        self.stdout.write(f"\n{values.differing} of {len(values.rows)} values differ")
        rows = [
            [
                row.slot,
                row.left.value if row.left else "-",
                row.right.value if row.right else "-",
                "" if row.verdict == "same" else row.verdict,
            ]
            for row in values.rows
        ]
        write_table(self.stdout, ["slot", *heads, "verdict"], rows)
