from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pipeline import frozen, queue, upgrades, versions
from pipeline.events import ensure_partitions
from pipeline.model_registry import register_released
from pipeline.models import PipelineVersion


class Command(BaseCommand):
    help = "Release the built-in pipeline version if this code has a new one."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_partitions()
        queue.every_minute("pipeline.tasks.sweep", lane="interactive")
        # By name: this room does not know of the reviewers'.
        queue.every_minute("reviewer.tasks.sweep", lane="interactive")
        queue.every_day("reviewer.tasks.size_audits", lane="batch")
        queue.every_day("pipeline.tasks.adopt", lane="batch")
        queue.every_day("pipeline.tasks.retain", lane="batch")
        queue.every_day("pipeline.tasks.scrub", lane="batch")
        queue.every_day("pipeline.tasks.collect", lane="batch")
        version = versions.ensure_built_in()
        register_released()
        active = PipelineVersion.objects.active().filter(name=version.name).first()
        if active is None:
            self.stdout.write(f"{version} is released; no version is active.")
            return
        for stuck in upgrades.stuck_versions():
            self.stdout.write(stuck.sentence)
            if stuck.command:
                self.stdout.write(f"Activate it in the admin, or: {stuck.command}")
        released = PipelineVersion.objects.exclude(state="draft")
        for name, steps in frozen.missing_steps(released).items():
            self.stdout.write(
                f"{name} names code that is not here: {', '.join(steps)}. What it made"
                " cannot be reproduced until pipeline/steps/registry.py has it."
            )
