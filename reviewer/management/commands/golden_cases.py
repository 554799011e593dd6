from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest

from catalog.management.questions import write_json, write_table
from catalog.models import GoldenCase
from reviewer.golden_filter import AGREEMENTS, ORIGINS, GoldenSearchFilter
from reviewer.golden_page import CaseRow, rows_of

FILTERS = ("q", "tenant", "document_type", "template", "field", "came_from")


def operator() -> Any:
    """Whoever runs commands sees every tenant."""
    request = HttpRequest()
    request.user = User(is_superuser=True)
    return request


class Command(BaseCommand):
    help = "The golden cases, newest first, narrowed as on their page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in (*FILTERS, "since", "until"):
            parser.add_argument(f"--{name.replace('_', '-')}", default="")
        parser.add_argument("--origin", choices=[word for word, _ in ORIGINS])
        parser.add_argument("--agreement", choices=[word for word, _ in AGREEMENTS])
        parser.add_argument("--retired", action="store_true", help="only those")
        parser.add_argument("--most", type=int, default=100, metavar="N")
        parser.add_argument("--json", action="store_true", help="JSON, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        names = (*FILTERS, "since", "until", "origin", "agreement")
        asked = {name: options[name] for name in names if options[name]}
        asked["active"] = "false" if options["retired"] else "true"
        cases = GoldenCase.objects.of_kept_sources().select_related("source__tenant")
        request = operator()
        narrowed = GoldenSearchFilter(asked, cases, request=request)
        if not narrowed.is_valid():
            wrong = "; ".join(f"--{k}: {v[0]}" for k, v in narrowed.errors.items())
            raise CommandError(wrong)
        found = [
            as_json(row)
            for row in rows_of(narrowed.qs[: options["most"]], request.user)
        ]
        if options["json"]:
            write_json(self, found)
            return
        head = ["case_id", "tenant", "document_type", "values", "machine_wrong"]
        head += ["compared", "agreed"]
        write_table(self.stdout, head, [[str(one[k]) for k in head] for one in found])


def as_json(row: CaseRow) -> dict[str, Any]:
    case = row.case
    return {
        "case_id": str(case.pk),
        "source_id": str(case.source_id),
        "content_hash": case.source.content_hash,
        "tenant": case.source.tenant.slug,
        "document_type": case.document_type,
        "came_from": case.came_from,
        "created_at": case.created_at,
        "retired_because": case.retired_because,
        "values": row.values,
        "machine_wrong": row.slips,
        "compared": row.compared,
        "agreed": row.agreed,
    }
