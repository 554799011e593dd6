from __future__ import annotations

import json
import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.choosing import add_slice
from catalog.management.questions import tenants_of
from catalog.slices import Slice
from pipeline import reprocessing
from pipeline.models import PipelineVersion, Reprocess, Stage
from pipeline.reprocessing import Plan, ReprocessRefused, Selection
from pipeline.reprocessing.dispatching import work_for
from pipeline.reprocessing.dry_run import forecast
from pipeline.reprocessing.progress import progress_json, progress_of
from pipeline.reprocessing.telling import forecast_text, progress_text
from pipeline.worker_setup import be_quiet

STAGES = {stage.label: stage for stage in Stage}
# While this process does it all: short enough to tell how far it is.
SLICE_SECONDS = 20.0


class Command(BaseCommand):
    help = "Read sources anew by another version, beside what is current."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--to", metavar="NAME@VERSION", help="begin, by this version")
        for name, text in {
            "status": "how far a reprocess is",
            "pause": "begin nothing more of it",
            "resume": "go on where it was paused",
            "cancel": "end it for good; what was read stays",
            "go-on": "begin its next stage",
            "retry": "try its failed items again",
        }.items():
            what.add_argument(f"--{name}", metavar="ID", type=uuid.UUID, help=text)
        add_slice(parser)
        parser.add_argument("--from", dest="pipeline_version", metavar="VERSION")
        parser.add_argument("--model-id", help="only read with this model")
        parser.add_argument("--since", help="only read at this time or later")
        parser.add_argument("--until", help="only read before this time")
        parser.add_argument(
            "--stage", choices=STAGES, help="go on by itself up to here"
        )
        parser.add_argument("--canary-share", type=float, default=0.01)
        parser.add_argument("--sample-share", type=float, default=0.1)
        parser.add_argument("--budget", metavar="USD", help="begin nothing beyond this")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, do nothing"
        )
        parser.add_argument(
            "--here", action="store_true", help="do it in this process, not by workers"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        be_quiet()
        try:
            if options["to"] and options["dry_run"]:
                self._foretell(options)
            elif options["to"]:
                self._tell(self._worked(self._begun(options), options), options)
            else:
                self._tell(self._worked(self._moved(options), options), options)
        except ReprocessRefused as refused:
            raise CommandError(str(refused)) from None

    def _foretell(self, options: dict[str, Any]) -> None:
        found = forecast(
            version=self._version(options["to"]), selection=selected(options)
        )
        self.stdout.write(
            json.dumps(found.as_json()) if options["json"] else forecast_text(found)
        )

    def _begun(self, options: dict[str, Any]) -> Reprocess:
        return reprocessing.start(
            version=self._version(options["to"]),
            selection=selected(options),
            plan=Plan(
                canary_share=options["canary_share"],
                sample_share=options["sample_share"],
                budget_micro_usd=micro_usd(options["budget"]),
                until_stage=STAGES[options["stage"] or Stage.CANARY.label],
            ),
            enqueue=not options["here"],
        )

    def _moved(self, options: dict[str, Any]) -> Reprocess:
        """What a verb made of the reprocess that its option names."""
        enqueue = not options["here"]
        stage = STAGES.get(options["stage"] or "")
        budget = micro_usd(options["budget"])
        verbs: dict[str, Callable[[Reprocess], object]] = {
            "status": lambda found: found,
            "pause": lambda found: reprocessing.pause(reprocess=found),
            "cancel": lambda found: reprocessing.cancel(reprocess=found),
            "resume": lambda found: reprocessing.resume(
                reprocess=found, budget_micro_usd=budget, enqueue=enqueue
            ),
            "go_on": lambda found: reprocessing.go_on(
                reprocess=found, until_stage=stage, enqueue=enqueue
            ),
            "retry": lambda found: reprocessing.retry(reprocess=found, enqueue=enqueue),
        }
        name = next(name for name in verbs if options[name])
        found = self._reprocess(options[name])
        verbs[name](found)
        return self._reprocess(found.pk)

    def _worked(self, reprocess: Reprocess, options: dict[str, Any]) -> Reprocess:
        while options["here"] and work_for(seconds=SLICE_SECONDS, only=reprocess):
            if not options["json"]:
                found = progress_of(reprocess)
                self.stderr.write(f"{found.ended} of {found.items}")
        return self._reprocess(reprocess.pk)

    def _tell(self, reprocess: Reprocess, options: dict[str, Any]) -> None:
        found = progress_of(reprocess)
        self.stdout.write(
            json.dumps(progress_json(found))
            if options["json"]
            else progress_text(found)
        )

    def _reprocess(self, pk: uuid.UUID) -> Reprocess:
        found = Reprocess.objects.select_related("pipeline_version").filter(pk=pk)
        if (reprocess := found.first()) is None:
            raise CommandError(f"There is no reprocess {pk}.")
        return reprocess

    def _version(self, reference: str) -> PipelineVersion:
        try:
            return PipelineVersion.objects.named(reference)
        except PipelineVersion.DoesNotExist:
            known = ", ".join(str(v) for v in PipelineVersion.objects.released())
            raise CommandError(
                f"There is no pipeline version {reference!r}. Released:"
                f" {known or 'none; run manage.py ensure_pipeline first'}."
            ) from None


def selected(options: dict[str, Any]) -> Selection:
    """Raises CommandError."""
    words = {**options, "template_key": options["template"]}
    try:
        wanted = Slice.of(words, tenants=tenants_of(options["tenant"]))
    except ValueError as error:
        raise CommandError(str(error)) from None
    return Selection(wanted, _source(options["source"]))


def _source(given: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(given) if given else None
    except ValueError:
        raise CommandError(f"{given!r} is no id of a source.") from None


def micro_usd(amount: str | None) -> int | None:
    """Raises CommandError."""
    if amount is None:
        return None
    try:
        return int(Decimal(amount) * 1_000_000)
    except (InvalidOperation, ValueError, OverflowError):
        raise CommandError(f"{amount!r} is no amount: write 12.50.") from None
