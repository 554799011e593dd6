from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from catalog.management.questions import add_common, tenants_of, write_json, write_table
from catalog.models import Tenant
from reviewer import handle_time


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day: write 2026-11-23.") from None


class Command(BaseCommand):
    help = "How long answers take, by question, document type and field."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_common(parser)
        parser.add_argument("--since", type=day, metavar="DAY", help="default: 30 days")
        parser.add_argument("--until", type=day, metavar="DAY", help="that day too")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = tenants_of(options["tenant"])
        tenants = Tenant.objects.all()
        if chosen is not None:
            tenants = tenants.filter(pk__in=chosen)
        found = handle_time.report(
            list(tenants), *handle_time.bounds(options["since"], options["until"])
        )
        if options["json"]:
            write_json(self, found.as_json())
            return
        self._tables(found)

    def _tables(self, found: handle_time.Report) -> None:
        head = ["n", "median s", "p90 s", "mean s", "hours", "mu", "sigma"]
        write_table(
            self.stdout,
            ["question", "type", "field", *head],
            [
                [row.asks, row.type or "-", row.field, *_cells(row.spread)]
                for row in found.fields
            ],
        )
        self.stdout.write("\nwithout an answer")
        write_table(
            self.stdout,
            ["how it ended", *head],
            [[row.label, *_cells(row.spread)] for row in found.unanswered],
        )
        self.stdout.write(f"\n{found.late} too late: {found.late_hours:.2f} hours")


def _cells(spread: handle_time.Spread) -> list[str]:
    fit = ["-" if one is None else f"{one:.3f}" for one in (spread.mu, spread.sigma)]
    times = [f"{one:.2f}" for one in (spread.median, spread.p90, spread.mean)]
    return [str(spread.n), *times, f"{spread.hours:.2f}", *fit]
