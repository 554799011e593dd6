from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from catalog.management.questions import write_json, write_table
from catalog.models import Tenant
from reviewer.residual import Residual
from reviewer.review_counts import report_of


class Command(BaseCommand):
    help = "How much is still wrong of what people reviewed, with its interval."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="its slug; without: all")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.all()
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
        report = report_of(tenants)
        if options["json"]:
            write_json(self, report.as_json())
            return
        rows = [("all", report.whole)]
        rows += [(one.key, one.residual) for one in (*report.tenants, *report.fields)]
        write_table(
            self.stdout,
            ["of", "reviewed", "put right", "read twice", "still wrong", "95 %"],
            [_row(name, one) for name, one in rows],
        )


def _row(name: str, one: Residual) -> list[str]:
    seen = one.seen
    counts = [str(n) for n in (seen.reviewed, seen.found, seen.doubled.fields)]
    if one.point is None or one.interval is None:
        needed = f"{one.more_checks} known errors, {one.more_reviewed} values more"
        return [name, *counts, "too few to say", needed]
    low, high = one.interval.low, one.interval.high
    return [name, *counts, f"{one.point:.3%}", f"{low:.3%} to {high:.3%}"]
