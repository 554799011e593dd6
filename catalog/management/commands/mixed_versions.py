from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from catalog.answers import makes_json, matrix_json
from catalog.management.questions import (
    add_common,
    tenants_of,
    write_json,
    write_table,
)
from catalog.models import LINES, Matrix, SourceMedia, Tenant, VersionTally


class Command(BaseCommand):
    help = (
        "Of which versions the corpus is: tenants, templates and sources whose current"
        " readings come from more than one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_common(parser)
        parser.add_argument(
            "--by", choices=LINES, default="tenant", help="lines (default: tenant)"
        )
        parser.add_argument(
            "--mixed", action="store_true", help="leave out lines of one make"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = tenants_of(options["tenant"])
        tally = VersionTally.objects.of_tenants(tenants)
        by = options["by"]
        matrix = tally.mixed(by) if options["mixed"] else tally.matrix(by)
        sources = SourceMedia.objects.with_mixed_versions(tenants)
        if tenants is not None:
            sources = sources.filter(tenant__in=tenants)
        mixed = makes_json(sources.select_related("tenant").order_by("source_id"))
        if options["json"]:
            found = list(mixed)
            answer = {"count": len(found), "sources": found}
            write_json(self, {**matrix_json(matrix), "mixed_sources": answer})
            return
        self._matrix(matrix)
        rows = [
            [m["source_id"], m["tenant"], ", ".join(m["kinds"]), m["name"]]
            for m in mixed
        ]
        self.stdout.write(f"\n{len(rows)} sources with kinds of several versions")
        if rows:
            write_table(self.stdout, ["source", "tenant", "kinds", "name"], rows)

    def _matrix(self, matrix: Matrix) -> None:
        names = dict(Tenant.objects.values_list("pk", "slug"))
        write_table(
            self.stdout,
            [matrix.by, "mixed", "models", *map(str, matrix.versions)],
            [
                [
                    names.get(line.key, line.key),
                    "MIXED" if line.is_mixed else "",
                    "several" if line.has_several_models else "",
                    *(line.versions.get(v, 0) or "-" for v in matrix.versions),
                ]
                for line in matrix.lines
            ],
        )
