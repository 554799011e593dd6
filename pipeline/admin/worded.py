"""Dispositions and reasons as people read them, for the admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.admin import OfSource
from catalog.models import Disposition
from pipeline.wording import DISPOSITIONS, RUN_REASONS, run_reason_text


class ByDisposition(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "outcome"

    def choices(self, changelist: Any) -> Iterator[Any]:
        words = {str(Disposition(v).label): text for v, text in DISPOSITIONS.items()}
        for choice in super().choices(changelist):
            shown = str(choice["display"])
            yield {**choice, "display": words.get(shown, shown)}


class ByReason(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(RUN_REASONS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(reason=wanted)


class Worded(OfSource):
    """A window on rows with a disposition and its reason."""

    @admin.display(description="outcome", ordering="disposition")
    def outcome(self, row: Any) -> str:
        return DISPOSITIONS.get(row.disposition, "")

    @admin.display(description="reason", ordering="reason")
    def why(self, row: Any) -> str:
        return run_reason_text(row.reason)
