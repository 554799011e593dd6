from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import (
    add_common,
    tenants_of,
    write_json,
    write_table,
)
from catalog.models import Generation
from pipeline.models import PipelineVersion
from pipeline.staleness import Staleness, staleness_json, staleness_of


class Command(BaseCommand):
    help = "What is behind the active pipeline version, and because of what."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_common(parser)
        parser.add_argument(
            "--pipeline",
            default="doc-extract",
            metavar="NAME[@VERSION]",
            help="held against this version (default: the active one of doc-extract)",
        )
        parser.add_argument(
            "--component",
            default="",
            help='only what lacks its change, as "code ocr" or "model extract"',
        )
        parser.add_argument(
            "--sources", action="store_true", help="every source, not only the counts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = tenants_of(options["tenant"])
        staleness = staleness_of(self._target(options["pipeline"]), tenants=tenants)
        self._check(staleness, options["component"])
        rows = staleness.generations(options["component"], tenants=tenants)
        sources = self._sources(rows) if options["sources"] else None
        if options["json"]:
            answer = staleness_json(staleness)
            if sources is not None:
                answer["sources"] = [
                    dict(zip(("source_id", "version", "name"), row, strict=True))
                    for row in sources
                ]
            write_json(self, answer)
            return
        self._counts(staleness)
        if sources is not None:
            self.stdout.write("")
            write_table(self.stdout, ["source", "version", "name"], sources)

    def _target(self, reference: str) -> PipelineVersion:
        try:
            return PipelineVersion.objects.named(reference)
        except PipelineVersion.DoesNotExist:
            known = ", ".join(str(v) for v in PipelineVersion.objects.released())
            raise CommandError(
                f"There is no pipeline version {reference!r}. Released:"
                f" {known or 'none; run manage.py ensure_pipeline first'}."
            ) from None

    def _check(self, staleness: Staleness, component: str) -> None:
        known = [str(cause.component) for cause in staleness.causes]
        if component and component not in known:
            raise CommandError(
                f"Nothing lacks a change of {component!r}. Changed:"
                f" {', '.join(known) or 'nothing'}."
            )

    def _sources(self, rows: Any) -> list[list[str]]:
        found = rows.select_related("source").order_by("source_id")
        return [
            [str(row.source_id), row.pipeline_version, row.source.name]
            for row in found.iterator(2000)
            if isinstance(row, Generation)
        ]

    def _counts(self, staleness: Staleness) -> None:
        whole = staleness.stale + staleness.fresh
        self.stdout.write(
            f"{staleness.stale} of {whole} sources are behind {staleness.target}."
        )
        versions = [
            [one.version, one.generations, ", ".join(map(str, one.components))]
            for one in staleness.behind
        ]
        causes = [
            [str(cause.component), cause.generations, ", ".join(cause.versions)]
            for cause in staleness.causes
        ]
        for head, rows in (
            (["version", "sources", "differs in"], versions),
            (["because of", "sources", "of versions"], causes),
        ):
            if rows:
                self.stdout.write("")
                write_table(self.stdout, head, rows)
