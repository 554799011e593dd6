"""What the commands that answer questions have in common."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from catalog.models import Tenant


def add_common(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="SLUG", help="only this one (default: all)")
    parser.add_argument("--json", action="store_true", help="JSON, and nothing else")


def tenants_of(slug: str | None) -> tuple[Any, ...] | None:
    """Ids, or None for all. Raises CommandError."""
    if slug is None:
        return None
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        known = ", ".join(Tenant.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no tenant {slug!r}. Known: {known}.")
    return (tenant.pk,)


def write_json(command: BaseCommand, data: Any) -> None:
    command.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def write_table(
    out: OutputWrapper, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Columns as wide as their longest cell; numbers to the right."""
    table = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *table, strict=True)]
    numeric = [
        bool(table) and all(row[i].isdecimal() or row[i] == "-" for row in table)
        for i in range(len(head))
    ]
    for row in ([*head], ["-" * width for width in widths], *table):
        cells = (
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        )
        out.write("  ".join(cells).rstrip())
