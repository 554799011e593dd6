from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from catalog.models import DerivedArtifact, Generation, SourceMedia
from pipeline.memo.explain import StepExplained, Verdict, explain
from pipeline.models import PipelineVersion
from pipeline.steps.registry import UnknownStep


class Command(BaseCommand):
    help = (
        "Say for each step of a version whether it would run on a source, and why."
        " With the id of an artifact: compared with the reading that it is from."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=UUID, metavar="SOURCE_OR_ARTIFACT")
        parser.add_argument(
            "--pipeline",
            default="doc-extract",
            metavar="NAME[@VERSION]",
            help="the version asked about (default: the active one of doc-extract)",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        source, against = self._found(options["id"])
        try:
            version = PipelineVersion.objects.named(options["pipeline"])
            explained = explain(source=source, version=version, against=against)
        except PipelineVersion.DoesNotExist:
            raise CommandError(
                f"There is no pipeline version {options['pipeline']!r}."
            ) from None
        except UnknownStep as error:
            raise CommandError(f"The code of {error} is not here any more.") from None
        if options["json"]:
            self.stdout.write(json.dumps(explained.as_json()))
            return
        self.stdout.write(f"{source.pk} by {version}")
        for step in explained.steps:
            self.stdout.write(f"  {step.step:<14}{_sentence(step)}")

    def _found(self, wanted: UUID) -> tuple[SourceMedia, Generation | None]:
        source = SourceMedia.objects.filter(pk=wanted).first()
        if source is not None:
            return source, None
        artifact = (
            DerivedArtifact.objects.select_related("source", "generation")
            .filter(pk=wanted)
            .first()
        )
        if artifact is None:
            raise CommandError(f"There is neither a source nor an artifact {wanted}.")
        return artifact.source, artifact.generation


def _sentence(step: StepExplained) -> str:
    causes = ", ".join(step.causes)
    match step.verdict:
        case Verdict.ALWAYS:
            return "runs every time"
        case Verdict.HIT:
            return f"taken over from {step.pipeline_version}"
        case Verdict.OPEN:
            return f"runs if these come out otherwise: {causes}"
        case Verdict.MISS:
            than = f" (than by {step.pipeline_version})" * bool(step.pipeline_version)
            return f"runs: {causes}{than}"
