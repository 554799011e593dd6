from __future__ import annotations

import time

from django.apps import AppConfig

# Seconds of the epoch. Django imports this module first of the room's, so all code of
# ours that can decide a result is loaded later (see pipeline.memo.recipe).
LOADING_SINCE = time.time()


class PipelineConfig(AppConfig):
    name = "pipeline"
    verbose_name = "Pipeline"

    def ready(self) -> None:
        from pipeline import checks, checks_of_store, receivers  # noqa: F401

        checks_of_store.register()
        receivers.connect()
