from __future__ import annotations

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import write_json
from pipeline.models import Reprocess
from reviewer import services
from reviewer.asking_form import MOST_ASKED, slices_of


class Command(BaseCommand):
    help = (
        "Ask people about more of what the two versions of a reprocess disagree in: a"
        " random sample of one slice, as a gate wants it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reprocess", metavar="REPROCESS", type=uuid.UUID)
        parser.add_argument(
            "--slice",
            action="append",
            default=[],
            metavar="KEY=WORD",
            help="only of this tenant, template, document_type, modality or quality;"
            " several narrow further",
        )
        parser.add_argument(
            "--most", type=int, default=40, help="how many at most (default: 40)"
        )
        parser.add_argument("--json", action="store_true", help="JSON, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        reprocess = Reprocess.objects.filter(pk=options["reprocess"]).first()
        if reprocess is None:
            raise CommandError("There is no reprocess of this id.")
        most = options["most"]
        if not 1 <= most <= MOST_ASKED:
            raise CommandError(f"--most is a number from 1 to {MOST_ASKED}.")
        asked = services.ask_differences(
            items=reprocess.items.all(),
            slices=_slices(options["slice"]),
            most=most,
        )
        if options["json"]:
            write_json(self, {"reprocess": str(reprocess.pk), "asked": asked})
        else:
            self.stdout.write(f"{asked} more disagreements are in the queue.")


def _slices(given: list[str]) -> dict[str, str]:
    if any("=" not in pair for pair in given):
        raise CommandError("Write a slice as KEY=WORD, like template=t-000000000001.")
    try:
        return slices_of(dict(pair.split("=", 1) for pair in given))
    except ValueError as error:
        raise CommandError(str(error)) from None
