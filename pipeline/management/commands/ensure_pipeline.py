from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pipeline import queue, versions
from pipeline.events import ensure_partitions


class Command(BaseCommand):
    help = "Release the built-in pipeline version if this code has a new one."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_partitions()
        queue.every_minute("pipeline.tasks.sweep", lane="interactive")
        version = versions.ensure_built_in()
        if version.active:
            self.stdout.write(f"{version} is active.")
            return
        self.stdout.write(
            f"{version} is released but not active: engines or steps here differ from"
            " the active version's. Activate it in the admin when you are ready."
        )
