from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from catalog.erasing.report import erasure_as_json, lines_of
from catalog.erasing.residue import Scope
from catalog.models import Erasure, SourceMedia
from catalog.services import (
    EraseRefused,
    ResidueFound,
    erase,
    finish_erasure,
    preview_erasure,
)


class Command(BaseCommand):
    help = "Erases a source with all that was made of it, or finishes an erasure."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=UUID, help="the id of the source")
        parser.add_argument("--basis", choices=Erasure.Basis.values, default="request")
        parser.add_argument(
            "--reference", default="", help="the request's number; no names"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only count what would go"
        )
        parser.add_argument(
            "--scan",
            choices=[scope.value for scope in Scope],
            default=Scope.AUTO.value,
            help="rows: what belongs to the source; all: every row of every table",
        )
        parser.add_argument(
            "--settled-by-hand",
            action="store_true",
            help="what an earlier scan found by words was removed by you",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        source = SourceMedia.objects.filter(pk=options["source"]).first()
        if source is None:
            raise CommandError("There is no source of this id: check it.")
        try:
            told = self._done(source, options)
        except (EraseRefused, ResidueFound) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write("\n".join(lines_of(told)))

    def _done(self, source: SourceMedia, options: dict[str, Any]) -> dict[str, Any]:
        basis, scope = options["basis"], Scope(options["scan"])
        if options["dry_run"]:
            counts = preview_erasure(source=source, basis=basis)
            return {"source_id": str(source.pk), "dry_run": True, "erased": counts}
        known = Erasure.objects.filter(source=source).first()
        if known is not None and options["settled_by_hand"]:
            done = finish_erasure(erasure=known, scope=scope, by_hand=True)
        else:
            done = erase(
                source=source,
                basis=basis,
                reference=options["reference"],
                scope=scope,
            )
        return erasure_as_json(done)
