from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from catalog.lineage import DOWN, UP, Lineage, as_json, lineage_of
from catalog.models import DerivedArtifact

HEADS = {UP: "Made from", DOWN: "Went into"}


class Command(BaseCommand):
    help = (
        "Where an artifact comes from, up to the original's bytes, and everything that"
        " was made from it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("artifact", metavar="ARTIFACT", help="its id")
        parser.add_argument(
            "--only", choices=[UP, DOWN], help="one direction (default: both)"
        )
        parser.add_argument("--json", action="store_true", help="nodes and edges")

    def handle(self, *args: Any, **options: Any) -> None:
        directions = [options["only"]] if options["only"] else [UP, DOWN]
        artifact = self._artifact(options["artifact"])
        lineage = lineage_of(artifact, directions=directions)
        if options["json"]:
            for piece in as_json(lineage):
                self.stdout.write(piece, ending="")
            return
        self.stdout.write(self._line(lineage, artifact.pk))
        for direction in directions:
            self._tree(lineage, direction)

    def _artifact(self, given: str) -> DerivedArtifact:
        try:
            return DerivedArtifact.objects.get(pk=given)
        except (DerivedArtifact.DoesNotExist, ValidationError):
            raise CommandError(f"There is no artifact {given}.") from None

    def _tree(self, lineage: Lineage, direction: str) -> None:
        rows = list(lineage.tree(direction))[1:]
        count = len({node for _, node, _ in rows})
        self.stdout.write(f"\n{HEADS[direction]}: {count}")
        for depth, node, again in rows:
            line = self._line(lineage, node)
            self.stdout.write("  " * depth + line + (" (see above)" if again else ""))

    def _line(self, lineage: Lineage, node: Any) -> str:
        row = lineage.artifacts.get(node)
        if row is None:
            source = lineage.originals[node]
            return f"original {source.pk}, {source.bytes} bytes, {source.content_hash}"
        model = f" {row['model_id']}" if row["model_id"] else ""
        version = f"{row['pipeline_name']} {row['pipeline_version']}{model}"
        return f"{row['kind']} {row['slot']}  {version}, {row['origin']}  {node}"
