from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import write_json, write_table
from catalog.models import DerivedArtifact
from pipeline.models import ReplayObservation
from pipeline.reproducing import Reproduction, reproduce, reproduce_sample
from pipeline.reproducing.reproduce import MOST_TIMES
from pipeline.reproducing.wording import counted, sentence
from pipeline.worker_setup import be_quiet


class Command(BaseCommand):
    help = (
        "Make an artifact again, exactly as it was made, and say whether the same came"
        " out. --all does so with every artifact; it ends with 1 if any is unexplained."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("artifact", type=UUID, nargs="?", metavar="ARTIFACT")
        parser.add_argument("--times", type=int, default=1, help="how often")
        parser.add_argument("--all", action="store_true", help="of every reading")
        parser.add_argument("--sample", type=int, help="of so many readings at random")
        parser.add_argument("--seed", type=int, default=0, help="of the sample")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        be_quiet()
        if options["all"] == bool(options["artifact"]):
            raise CommandError("Give the id of an artifact, or --all.")
        if options["all"]:
            self._all(options)
        else:
            self._one(options["artifact"], options)

    def _one(self, wanted: UUID, options: dict[str, Any]) -> None:
        artifact = (
            DerivedArtifact.objects.select_related("source", "generation__source")
            .filter(pk=wanted)
            .first()
        )
        if artifact is None:
            raise CommandError(f"There is no artifact {wanted}.")
        if not 1 <= options["times"] <= MOST_TIMES:
            raise CommandError(f"--times is 1 to {MOST_TIMES}.")
        found = reproduce(artifact=artifact, times=options["times"])
        observed = found.observed(None)
        if options["json"]:
            write_json(self, as_json(found))
            return
        self.stdout.write(f"{found.verdict}  {sentence(observed)}")
        if times := counted(observed):
            self.stdout.write(times)

    def _all(self, options: dict[str, Any]) -> None:
        found = list(reproduce_sample(sample=options["sample"], seed=options["seed"]))
        counts = Counter((one.verdict.value, one.artifact.kind) for one in found)
        if options["json"]:
            write_json(self, {"artifacts": len(found), "counts": _nested(counts)})
        else:
            rows = [[*key, count] for key, count in sorted(counts.items())]
            write_table(self.stdout, ["verdict", "kind", "artifacts"], rows)
            self.stdout.write("")
            self._reasons(found)
        unexplained = [one for one in found if one.verdict == "UNEXPLAINED"]
        if unexplained:
            ids = ", ".join(str(one.artifact.pk) for one in unexplained[:10])
            raise CommandError(f"{len(unexplained)} are unexplained, as {ids}.")

    def _reasons(self, found: Iterable[Reproduction]) -> None:
        reasons = Counter(
            sentence(one.observed(None))
            for one in found
            if one.verdict != ReplayObservation.Verdict.SAME_BYTES
        )
        for reason, count in reasons.most_common(20):
            self.stdout.write(f"{count:>7}  {reason}")


def as_json(found: Reproduction) -> dict[str, Any]:
    return {
        "artifact_id": str(found.artifact.pk),
        "verdict": found.verdict.value,
        "times": found.times,
        "same": found.same,
        "sentence": sentence(found.observed(None)),
        "detail": json.loads(json.dumps(found.detail)),
    }


def _nested(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (verdict, kind), count in sorted(counts.items()):
        nested.setdefault(verdict, {})[kind] = count
    return nested
