from __future__ import annotations

from django.contrib import admin

from catalog.admin import ByTenant
from catalog.models import Generation
from pipeline.admin.worded import ByDisposition, ByReason, Worded


@admin.register(Generation)
class GenerationAdmin(Worded):
    """What each version made of each source; its reasons are the pipeline's."""

    list_display = [
        "created_at",
        "page",
        "pipeline_version",
        "state",
        "document_type",
        "outcome",
        "why",
        "released_at",
    ]
    list_filter = [ByTenant, "state", ("disposition", ByDisposition), ByReason]
    fields = [
        "source",
        "pipeline_name",
        "pipeline_version",
        "state",
        "complete",
        "document_type",
        "template_key",
        "outcome",
        "why",
        "created_at",
        "released_at",
    ]
    readonly_fields = ["outcome", "why", "created_at"]
