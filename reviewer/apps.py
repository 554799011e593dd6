from __future__ import annotations

from django.apps import AppConfig


class ReviewerConfig(AppConfig):
    name = "reviewer"
    verbose_name = "Reviewer"

    def ready(self) -> None:
        from reviewer import receivers

        receivers.connect()
