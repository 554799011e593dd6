"""What lists on pages are narrowed by: the API's filters, with choices to pick from."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.api.filters import GoldenCaseFilter
from catalog.models import (
    Disposition,
    Generation,
    GoldenCase,
    SearchPage,
    SourceMedia,
    Tenant,
)
from pipeline.models import PipelineVersion
from reviewer.api.filters import SourceFilter
from reviewer.reasons import DISPOSITIONS, plain
from reviewer.source_list import standing_generations

Choices = list[tuple[str, str]]
DATE = forms.DateInput(attrs={"type": "date"})
SEARCH = forms.TextInput(attrs={"type": "search", "placeholder": "Name or words on it"})


def tenants_seen(request: Any) -> Choices:
    tenants = Tenant.objects.visible_to(request.user)
    return list(tenants.values_list("slug", "name"))


def document_types_seen(request: Any) -> Choices:
    found = Generation.objects.visible_to(request.user).exclude(document_type="")
    names = found.order_by("document_type").values_list("document_type", flat=True)
    return [(name, plain(name)) for name in names.distinct()]


def pipeline_versions(request: Any) -> Choices:
    found = PipelineVersion.objects.exclude(state=PipelineVersion.State.DRAFT)
    return [(version, version) for version in found.values_list("version", flat=True)]


class PickListMixin:
    """Fills the pick lists of a filter set with what the person may see."""

    pick_lists: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in self.pick_lists.items():
            self.filters[name].extra["choices"] = choices(self.request)  # type: ignore[attr-defined]  # of FilterSet


class SourceListFilter(PickListMixin, SourceFilter):
    """The API's filter, over the generation that speaks for a source."""

    pick_lists = {
        "tenant": tenants_seen,
        "document_type": document_types_seen,
        "pipeline_version": pipeline_versions,
    }

    q = filters.CharFilter(method="by_words", label="Search", widget=SEARCH)
    tenant = filters.ChoiceFilter(field_name="tenant__slug", empty_label="All")
    document_type = filters.ChoiceFilter(
        method="by_current_generation", label="Type", empty_label="All"
    )
    disposition = filters.ChoiceFilter(
        method="by_current_generation",
        choices=[(value, DISPOSITIONS[value]) for value in Disposition.values],
        label="Outcome",
        empty_label="All",
    )
    pipeline_version = filters.ChoiceFilter(
        method="by_current_generation", label="Version", empty_label="All"
    )
    template_key = filters.CharFilter(method="by_current_generation", label="Template")
    since = filters.DateFilter(
        field_name="uploaded_at", lookup_expr="date__gte", label="From", widget=DATE
    )
    until = filters.DateFilter(
        field_name="uploaded_at", lookup_expr="date__lte", label="Until", widget=DATE
    )
    shown = (
        "q tenant document_type disposition pipeline_version template_key since until"
    ).split()

    def by_current_generation(
        self, rows: QuerySet[SourceMedia], name: str, value: str
    ) -> QuerySet[SourceMedia]:
        # Of a rejected source no generation is current, and yet it must be found.
        standing = standing_generations(OuterRef("pk"))
        matching = Generation.objects.filter(pk__in=standing, **{name: value})
        return rows.filter(Exists(matching))

    def by_words(
        self, rows: QuerySet[SourceMedia], name: str, value: str
    ) -> QuerySet[SourceMedia]:
        pages = SearchPage.objects.matching(value).order_by()
        found = Exists(pages.filter(artifact__source=OuterRef("pk")))
        return rows.filter(Q(name__icontains=value) | found)


class GoldenListFilter(PickListMixin, GoldenCaseFilter):
    pick_lists = {"tenant": tenants_seen, "document_type": document_types_seen}

    tenant = filters.ChoiceFilter(field_name="source__tenant__slug", empty_label="All")
    document_type = filters.ChoiceFilter(label="Type", empty_label="All")
    template = filters.CharFilter(field_name="slices__template", label="Template")
    came_from = filters.ChoiceFilter(
        choices=[(value, plain(value)) for value in GoldenCase.CameFrom.values],
        label="Came from",
        empty_label="All",
    )
    shown = "tenant document_type template came_from".split()
