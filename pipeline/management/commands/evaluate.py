from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from catalog.management.questions import write_json
from catalog.models import SourceMedia
from catalog.services import SourceErased
from pipeline.evaluation.evaluating import (
    DIMENSIONS,
    Case,
    Evaluation,
    cases_of,
    evaluate,
)
from pipeline.evaluation.options import golden_set_of, version_of
from pipeline.evaluation.report import evaluation_json, write_evaluation
from pipeline.foreground import read
from pipeline.models import PipelineVersion
from pipeline.worker_setup import be_quiet


class Command(BaseCommand):
    help = "Measure a version by the golden cases that it has read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="NAME[@VERSION]")
        parser.add_argument(
            "--by",
            choices=[*DIMENSIONS, "field"],
            help="figures for each of these besides",
        )
        parser.add_argument(
            "--against", metavar="NAME@VERSION", help="another version beside it"
        )
        parser.add_argument(
            "--golden-set",
            type=int,
            metavar="N",
            help="a frozen set (default: what counts now)",
        )
        parser.add_argument(
            "--run", action="store_true", help="read what was not read yet, here"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        be_quiet()
        version = version_of(options["version"])
        against = options["against"] and version_of(options["against"])
        cases = cases_of(golden_set_of(options["golden_set"]))
        if not cases:
            raise CommandError(
                "There is no golden case: review documents, or take some in by"
                " golden_import."
            )
        ours = self._evaluated(version, cases, run=options["run"])
        theirs = (
            self._evaluated(against, cases, run=options["run"]) if against else None
        )
        answer = evaluation_json(ours, theirs, by=options["by"])
        answer["golden_set"] = options["golden_set"]
        if options["json"]:
            write_json(self, answer)
        else:
            write_evaluation(self.stdout, answer)

    def _evaluated(
        self, version: PipelineVersion, cases: Mapping[Any, Case], *, run: bool
    ) -> Evaluation:
        found = evaluate(version, cases)
        if not run or not found.unread:
            return found
        bar = tqdm(
            found.unread,
            unit="case",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )
        for case in bar:
            try:
                source = SourceMedia.objects.get(pk=case.source_id)
                read(source=source, version=version)
            except SourceErased:
                continue
        return evaluate(version, cases)
