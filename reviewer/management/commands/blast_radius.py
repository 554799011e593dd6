from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from catalog.blast_radius import BlastRadius, Told
from catalog.management.questions import (
    add_common,
    tenants_of,
    write_json,
    write_table,
)
from catalog.models import Generation, State
from catalog.slices import ANY, Slice
from reviewer.affected import (
    SHOWN,
    answer_json,
    every_source,
    waiting_by_tenant,
    write_lines,
)

HELP = {
    "pipeline-name": "readings of this pipeline",
    "pipeline-version": "readings by this version",
    "model-id": "readings in which this model had a part",
    "template-key": 'documents that look alike; "" for those without a template',
    "document-type": "documents of this type",
    "step": "readings with this step (give --outcome too)",
    "outcome": "and this outcome of the step",
    "since": "read at this time or later",
    "until": "read before this time",
}
HEAD = ("tenant", "sources", "readings", "artifacts", "exported", "not exported")


class Command(BaseCommand):
    help = (
        "How far a wrong reading reaches: exact counts by tenant, who was told, and"
        " every source."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_common(parser)
        for name, text in HELP.items():
            parser.add_argument(f"--{name}", help=text)
        parser.add_argument(
            "--state",
            choices=[*State.values, ANY],
            default=State.CURRENT,
            help="of the readings (default: current)",
        )
        parser.add_argument(
            "--sources",
            choices=["jsonl", "csv"],
            help="every source in place of the counts, one a line",
        )
        parser.add_argument(
            "--only",
            choices=SHOWN,
            default="all",
            help="with --sources: which",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            wanted = Slice.of(options, tenants=tenants_of(options["tenant"]))
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["sources"]:
            rows = every_source(wanted, options["only"])
            write_lines(cast(Any, self.stdout._out), rows, options["sources"])
            return
        blast = Generation.objects.blast_radius(wanted)
        if options["json"]:
            write_json(self, answer_json(blast))
        else:
            self._tables(blast)

    def _tables(self, blast: BlastRadius) -> None:
        waiting = waiting_by_tenant(blast.slice)
        counts = [
            [
                reach.sources,
                reach.generations,
                reach.artifacts,
                reach.told_sources,
                reach.untold_sources,
                waiting.get(reach.tenant.slug, 0),
            ]
            for reach in blast.tenants
        ]
        slugs = [reach.tenant.slug for reach in blast.tenants]
        rows = [[slug, *row] for slug, row in zip(slugs, counts, strict=True)]
        total = ["all", *(sum(row[i] for row in counts) for i in range(6))]
        write_table(self.stdout, [*HEAD, "open reviews"], [*rows, total])
        if not blast.told:
            self.stdout.write("\nNobody was told.")
            return
        self.stdout.write("")
        write_table(
            self.stdout,
            ["told", "tenant", "deliveries", "artifacts", "last"],
            [
                [
                    t.recipient,
                    t.tenant.slug,
                    t.deliveries,
                    t.artifacts,
                    f"{t.last:%F %T}",
                ]
                for t in blast.told
            ],
        )


def _at(told: Told) -> str:
    return f"{told.last:%Y-%m-%d %H:%M}"
