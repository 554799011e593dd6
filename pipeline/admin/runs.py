from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.admin import ByTenant, OfSource
from pipeline.extracting.acceptance import DispositionReason
from pipeline.models import Run
from pipeline.steps.input_gate import GateReason


class ByReason(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        words = [*GateReason, *DispositionReason]
        return [(word.value, word.value.replace("_", " ")) for word in words]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(reason=wanted)


@admin.register(Run)
class RunAdmin(OfSource):
    """What was done with each document, and how it ended."""

    search_ids = ("pk", "source_id", "generation_id")
    list_display = [
        "requested_at",
        "page",
        "pipeline_version",
        "lane",
        "state",
        "step",
        "disposition",
        "reason",
        "attempts",
    ]
    list_filter = [
        ByTenant,
        "state",
        "disposition",
        ByReason,
        "pipeline_version",
        "lane",
    ]
    list_select_related = ["source", "pipeline_version"]
