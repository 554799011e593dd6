from __future__ import annotations

from django.apps import AppConfig


class ReviewerConfig(AppConfig):
    name = "reviewer"
    verbose_name = "Reviewer"

    def ready(self) -> None:
        from catalog.people import HIDDEN_ARTIFACTS
        from reviewer import blinding, receivers

        receivers.connect()
        if blinding.hidden_artifacts not in HIDDEN_ARTIFACTS:
            HIDDEN_ARTIFACTS.append(blinding.hidden_artifacts)
