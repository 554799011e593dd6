from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import write_json, write_table
from catalog.models import Tenant
from pipeline.models import PipelinePolicy
from reviewer import audit_sizing, auditing, services
from reviewer.models import ReviewTask


class Command(BaseCommand):
    help = "What the audits of accepted documents prove, and how many more it takes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="its slug; without: all")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--size",
            action="store_true",
            help="compute the share that each policy's bound asks for, and draw by it",
        )
        parser.add_argument(
            "--siblings", metavar="TASK", help="open more like this check's error"
        )
        parser.add_argument("--most", type=int, default=20)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["siblings"]:
            self._open(options["siblings"], options["most"])
            return
        if options["size"]:
            for policy in PipelinePolicy.objects.exclude(audit_bound=None):
                audit_sizing.resize(policy.name)
                opened = services.open_due_audits(pipeline_name=policy.name)
                share = auditing.share_of(policy.name)
                self.stdout.write(f"{policy.name}: {share:.1%}, {opened} opened")
        tenants = Tenant.objects.all()
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
        rows = audit_sizing.field_audits(tenants.values_list("pk", flat=True))
        if options["json"]:
            write_json(self, [row.as_json() for row in rows])
            return
        head = ["field", "type", "version", "checked", "wrong", "at most", "to prove"]
        write_table(
            self.stdout,
            [*head, "left", "at this rate"],
            [
                [
                    *(row.slot, row.document_type, row.pipeline_version),
                    *(str(row.seen.audited), str(row.seen.wrong)),
                    *(f"{row.bound:.2%}", f"{row.target:.2%}", str(row.left)),
                    f"{row.when:%Y-%m-%d}" if row.when else "",
                ]
                for row in rows
            ],
        )

    def _open(self, task_id: str, most: int) -> None:
        try:
            task = ReviewTask.objects.select_related("generation").get(pk=task_id)
        except (ReviewTask.DoesNotExist, ValueError):
            raise CommandError(f"There is no task {task_id}.") from None
        opened = services.open_siblings(cause=task, most=most)
        left = services.siblings_left(task).count()
        self.stdout.write(f"{opened} opened, {left} like it are left.")
