from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.choosing import add_slice, described, sliced
from catalog.models import Comparison, Generation
from catalog.services import PromotionRefused, compare_by_hash, promote


class Command(BaseCommand):
    help = "Put a version's candidates in the place of what is current, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="NAME@VERSION")
        add_slice(parser)
        parser.add_argument("--note", default="", help="why, for the ledger")
        parser.add_argument(
            "--dry-run", action="store_true", help="compare and count, promote nothing"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        name, _, version = options["version"].partition("@")
        if not version:
            raise CommandError("Say which version: NAME@VERSION.")
        chosen = sliced(Generation.objects.candidates_of(name, version), options)
        try:
            compare_by_hash(candidates=chosen)
            answer = self._counts(chosen)
            if not options["dry_run"]:
                done = promote(
                    candidates=chosen,
                    note=options["note"],
                    selection=described(options),
                )
                answer |= {"batch": str(done.batch.pk), "promoted": done.generations}
        except PromotionRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            json.dumps(answer) if options["json"] else self._sentence(answer)
        )

    def _counts(self, chosen: Any) -> dict[str, Any]:
        compared = Comparison.objects.filter(
            new_generation__in=chosen, old_generation__state="current"
        )
        changed = compared.filter(verdict=Comparison.Verdict.CHANGED).count()
        return {"candidates": chosen.count(), "changed": changed}

    def _sentence(self, answer: dict[str, Any]) -> str:
        counts = "{candidates} candidates, {changed} say something else".format(
            **answer
        )
        if "batch" not in answer:
            return f"{counts}; nothing was promoted."
        return (
            f"{counts}; {answer['promoted']} promoted. To take it back:"
            f" manage.py roll_back {answer['batch']}"
        )
