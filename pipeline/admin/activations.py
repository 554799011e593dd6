from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html

from catalog.admin import Window
from pipeline.models import Activation


@admin.register(Activation)
class ActivationAdmin(Window):
    """Since when which version read what came in, by whose word, and why."""

    search_ids = ("pk", "pipeline_version_id")
    search_fields = ["pipeline_version__version", "note"]
    list_display = ["at", "pipeline_version", "why", "replaced", "actor", "note"]
    list_filter = ["reason"]
    list_select_related = ["pipeline_version", "replaced", "actor"]
    fields = ["pipeline_version", "replaced", "why", "gate", "note", "actor", "at"]

    @admin.display(description="because", ordering="reason")
    def why(self, activation: Activation) -> str:
        words = activation.get_reason_display()
        if activation.reason == Activation.Reason.UNGUARDED:
            return format_html('<span class="pl-doubt">{}</span>', words)
        return words
