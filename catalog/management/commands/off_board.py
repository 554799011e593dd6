from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.erasing.residue import Scope
from catalog.models import LegalHold, Membership, SourceMedia, Tenant
from catalog.services import EraseRefused, off_board


class Command(BaseCommand):
    help = "Erases everything of a tenant and closes it; goes on where it was cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", help="its short name")
        parser.add_argument("--reference", default="", help="the contract's number")
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument(
            "--scan",
            choices=[scope.value for scope in Scope],
            default=Scope.AUTO.value,
            help="how far each scan for residue looks; see manage.py erase",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError("There is no tenant of this name: check it.")
        told = self._counted(tenant)
        if not options["dry_run"]:
            told |= self._done(tenant, options)
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            for key, value in told.items():
                self.stdout.write(f"{key.replace('_', ' ')}: {value}")
        if told.get("with_residue"):
            raise CommandError(
                "Something is left of some sources, so the tenant stays open:"
                " manage.py erase ID says where."
            )

    def _counted(self, tenant: Tenant) -> dict[str, Any]:
        holds = LegalHold.objects.in_force().filter(tenant=tenant)
        return {
            "tenant": tenant.slug,
            "sources": SourceMedia.objects.kept().filter(tenant=tenant).count(),
            "memberships": Membership.objects.filter(tenant=tenant).count(),
            "holds": list(holds.values_list("reference", flat=True)),
        }

    def _done(self, tenant: Tenant, options: dict[str, Any]) -> dict[str, Any]:
        try:
            done = off_board(
                tenant=tenant,
                reference=options["reference"],
                scope=Scope(options["scan"]),
            )
        except EraseRefused as error:
            raise CommandError(str(error)) from error
        return {
            "erased": done.erased,
            "with_residue": [str(one) for one in done.with_residue],
        }
