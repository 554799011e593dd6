from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from catalog.models import GoldenCase
from catalog.services import RetirementRefused, restore_golden, retire_golden


class Command(BaseCommand):
    help = "Let a golden case, or one value of it, count no more, or count again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", metavar="CASE", help="its id")
        parser.add_argument("--because", required=True, metavar="TEXT", help="why")
        parser.add_argument("--slot", default="", help="only the value of this slot")
        parser.add_argument("--restore", action="store_true", help="it counts again")

    def handle(self, *args: Any, **options: Any) -> None:
        verb = restore_golden if options["restore"] else retire_golden
        try:
            told = verb(
                case_id=options["case"],
                slot=options["slot"],
                because=options["because"],
            )
        except (GoldenCase.DoesNotExist, ValidationError):
            raise CommandError(f"There is no golden case {options['case']}.") from None
        except RetirementRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{told.slot or 'The case'}: {told.get_act_display()}.")
