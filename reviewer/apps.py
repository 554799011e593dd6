from __future__ import annotations

from django.apps import AppConfig


class ReviewerConfig(AppConfig):
    name = "reviewer"
    verbose_name = "Reviewer"

    def ready(self) -> None:
        from catalog.people import HIDDEN_ARTIFACTS, HIDDEN_TRUTHS
        from reviewer import blinding, receivers

        receivers.connect()
        for hooks, hidden in (
            (HIDDEN_ARTIFACTS, blinding.hidden_artifacts),
            (HIDDEN_TRUTHS, blinding.hidden_truths),
        ):
            if hidden not in hooks:
                hooks.append(hidden)
