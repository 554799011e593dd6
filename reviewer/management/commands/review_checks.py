from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalog.management.questions import (
    add_common,
    tenants_of,
    write_json,
    write_table,
)
from reviewer.checks import Checks, Rate, checks_of
from reviewer.checks.rates import ENOUGH, ENOUGH_OF_PART
from reviewer.proof_page import field_name

HEAD = ("", "answered", "caught", "caught %", "at least", "at most", "")


class Command(BaseCommand):
    help = (
        "How many of the errors put into review on purpose are caught: by team, field"
        " and kind of error, with 95 % intervals. Never by person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_common(parser)
        parser.add_argument(
            "--days", type=int, metavar="N", help="of the last N days (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        since = None if days is None else timezone.now() - timedelta(days=days)
        checks = checks_of(tenants_of(options["tenant"]), since=since)
        if options["json"]:
            write_json(self, checks.as_json())
            return
        self._table(checks)

    def _table(self, checks: Checks) -> None:
        rows = [_row("all", checks.whole, ENOUGH)]
        rows += [_row(one.key, one.rate, ENOUGH_OF_PART) for one in checks.teams]
        rows += [
            _row(field_name(one.key), one.rate, ENOUGH_OF_PART) for one in checks.fields
        ]
        rows += [_row(one.key, one.rate, ENOUGH_OF_PART) for one in checks.kinds]
        write_table(self.stdout, HEAD, rows)
        self.stdout.write("")
        self.stdout.write(
            f"{checks.planted} planted, {checks.learned} of them drawn from the"
            " installation's own corrections."
        )


def _row(name: str, rate: Rate, least: int) -> list[str]:
    few = rate.answered < least
    point = "-" if rate.point is None else f"{(1 - rate.point) * 100:.0f}"
    return [
        name,
        str(rate.answered),
        str(rate.caught),
        point,
        f"{(1 - rate.high) * 100:.0f}",
        f"{(1 - rate.low) * 100:.0f}",
        f"{rate.answered} of {least}: too few to say" if few else "",
    ]
