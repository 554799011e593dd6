from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from catalog.management.questions import add_common, tenants_of, write_json, write_table
from catalog.models import Tenant
from reviewer import agreement


class Command(BaseCommand):
    help = "How far reviewers agree, by field, where two have answered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_common(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = tenants_of(options["tenant"])
        tenants = Tenant.objects.all()
        if chosen is not None:
            tenants = tenants.filter(pk__in=chosen)
        rows = [
            row.as_json() for row in agreement.by_field(agreement.pairs_of(tenants))
        ]
        if options["json"]:
            write_json(self, rows)
            return
        head = ["field", "compared", "agreed", "share", "lower", "upper", "kappa"]
        cells = [[_cell(row[name]) for name in head] for row in rows]
        write_table(self.stdout, head, cells)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
