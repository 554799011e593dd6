from __future__ import annotations

from django.contrib import admin

from catalog.admin import ByTenant
from pipeline.admin.worded import ByDisposition, ByReason, Worded
from pipeline.models import Run
from pipeline.wording import step_text


@admin.register(Run)
class RunAdmin(Worded):
    """What was done with each document, and how it ended."""

    search_ids = ("pk", "source_id", "generation_id")
    list_display = [
        "requested_at",
        "page",
        "pipeline_version",
        "standing",
        "outcome",
        "why",
        "attempts",
    ]
    list_filter = [
        ByTenant,
        "state",
        ("disposition", ByDisposition),
        ByReason,
        "pipeline_version",
        "lane",
    ]
    list_select_related = ["source", "pipeline_version"]
    fields = [
        "run_id",
        "source",
        "pipeline_version",
        "generation",
        "lane",
        "standing",
        "outcome",
        "why",
        "attempts",
        "requested_by",
        "requested_at",
        "started_at",
        "finished_at",
        "lease_until",
        "not_before",
    ]
    readonly_fields = ["run_id", "standing", "outcome", "why", "requested_at"]

    @admin.display(description="state", ordering="state")
    def standing(self, run: Run) -> str:
        """The state, and the step where it is or where it broke off."""
        step = f": {step_text(run.step).lower()}" if run.step else ""
        return f"{run.get_state_display()}{step}"
