from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pipeline import queue, versions
from pipeline.events import ensure_partitions
from pipeline.manifest import EngineChanged, Manifest
from pipeline.model_registry import register_released
from pipeline.models import PipelineVersion
from pipeline.steps.registry import UnknownStep


class Command(BaseCommand):
    help = "Release the built-in pipeline version if this code has a new one."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_partitions()
        queue.every_minute("pipeline.tasks.sweep", lane="interactive")
        queue.every_day("pipeline.tasks.retain", lane="batch")
        queue.every_day("pipeline.tasks.scrub", lane="batch")
        queue.every_day("pipeline.tasks.collect", lane="batch")
        version = versions.ensure_built_in()
        register_released()
        active = PipelineVersion.objects.active().filter(name=version.name).first()
        if active is None:
            self.stdout.write(f"{version} is released; no version is active.")
            return
        try:
            Manifest.of(active).check_runnable()
        except (EngineChanged, UnknownStep):
            self.stdout.write(
                f"{active} is active but cannot run here: engines or steps are others"
                f" now. Until you activate {version} in the admin, new documents fail."
            )
