"""What lists on pages are narrowed by: the API's filters, with choices to pick from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from catalog.models import (
    Disposition,
    Generation,
    GoldenCase,
    SearchPage,
    SourceMedia,
    Tenant,
)
from pipeline.models import PipelineVersion
from pipeline.wording import DISPOSITIONS, plain
from reviewer.api.filters import SourceFilter
from reviewer.golden_filter import AGREEMENTS, ORIGINS, GoldenSearchFilter
from reviewer.source_list import standing_generations

Choices = list[tuple[str, str]]
REVIEWED = "reviewed"
DATE = forms.DateInput(attrs={"type": "date"})
SEARCH_CASES = forms.TextInput(attrs={"type": "search", "placeholder": "Name or id"})
RETIRED = "retired"
CASE_STATES = [("active", "they count"), (RETIRED, "retired")]
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


def outcomes(request: Any) -> Choices:
    """The dispositions, and what became of a review: the words of the list's badges."""
    choices = [(value, DISPOSITIONS[value]) for value in Disposition.values]
    return [*choices, (REVIEWED, "Reviewed")]


def origins(request: Any) -> Choices:
    return [(value, plain(value)) for value in GoldenCase.CameFrom.values]


def value_origins(request: Any) -> Choices:
    return [(value, words.capitalize()) for value, words in ORIGINS]


def agreements(request: Any) -> Choices:
    return [(value, words.capitalize()) for value, words in AGREEMENTS]


def case_states(request: Any) -> Choices:
    return [(value, words.capitalize()) for value, words in CASE_STATES]


class PickListMixin(filters.FilterSet):
    """Lets people pick from what they may see where the API takes any word."""

    pick_lists: dict[str, tuple[str, Callable[[Any], Choices]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in self.pick_lists.items():
            picks = choices(self.request)
            shown = self.filters[name]
            # The API's description asks the class for its fields, and a filter keeps
            # the first one it makes, copies of it too.
            vars(shown).pop("_field", None)
            shown.label = label
            if isinstance(shown, filters.ChoiceFilter):
                shown.extra |= {"choices": picks, "empty_label": "All", "help_text": ""}
            else:
                shown.extra["widget"] = forms.Select(choices=[("", "All"), *picks])

    def shown_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.shown]

    shown: Sequence[str] = ()


class SourceListFilter(PickListMixin, SourceFilter):
    """The API's filter, over the generation that speaks for a source."""

    pick_lists = {
        "tenant": ("Tenant", tenants_seen),
        "document_type": ("Type", document_types_seen),
        "disposition": ("Outcome", outcomes),
        "pipeline_version": ("Version", pipeline_versions),
    }
    shown = (
        "q",
        "tenant",
        "document_type",
        "disposition",
        "pipeline_version",
        "template_key",
        "since",
        "until",
    )

    disposition = filters.ChoiceFilter(method="by_outcome")
    q = filters.CharFilter(method="by_words", label="Search", widget=SEARCH)
    template_key = filters.CharFilter(method="by_current_generation", label="Template")
    since = filters.DateFilter(
        field_name="uploaded_at", lookup_expr="date__gte", label="From", widget=DATE
    )
    until = filters.DateFilter(
        field_name="uploaded_at", lookup_expr="date__lte", label="Until", widget=DATE
    )

    def by_outcome(
        self, rows: QuerySet[SourceMedia], name: str, value: str
    ) -> QuerySet[SourceMedia]:
        if value not in (Disposition.HUMAN_REVIEW, REVIEWED):
            return self._standing(rows, disposition=value)
        return self._standing(
            rows,
            disposition=Disposition.HUMAN_REVIEW,
            released_at__isnull=value != REVIEWED,
        )

    def by_current_generation(
        self, rows: QuerySet[SourceMedia], name: str, value: str
    ) -> QuerySet[SourceMedia]:
        return self._standing(rows, **{name: value})

    def _standing(
        self, rows: QuerySet[SourceMedia], **asked: Any
    ) -> QuerySet[SourceMedia]:
        # Of a rejected source no generation is current, and yet it must be found.
        standing = Subquery(standing_generations(OuterRef("pk")))
        matching = Generation.objects.filter(pk=OuterRef("standing"), **asked)
        return rows.alias(standing=standing).filter(Exists(matching))

    def by_words(
        self, rows: QuerySet[SourceMedia], name: str, value: str
    ) -> QuerySet[SourceMedia]:
        pages = SearchPage.objects.matching(value).order_by()
        found = Exists(pages.filter(artifact__source=OuterRef("pk")))
        return rows.filter(Q(name__icontains=value) | found)


class GoldenListFilter(PickListMixin, GoldenSearchFilter):
    pick_lists = {
        "tenant": ("Tenant", tenants_seen),
        "document_type": ("Type", document_types_seen),
        "came_from": ("Came from", origins),
        "origin": ("A value is from", value_origins),
        "agreement": ("Second opinions", agreements),
        "state": ("Counts", case_states),
    }
    shown = (
        *("q", "tenant", "document_type", "template", "field", "came_from"),
        *("origin", "agreement", "state", "since", "until"),
    )

    q = filters.CharFilter(method="by_name", label="Search", widget=SEARCH_CASES)
    template = filters.CharFilter(field_name="slices__template", label="Template")
    field = filters.CharFilter(method="by_field", label="Field")
    state = filters.ChoiceFilter(method="by_state", choices=CASE_STATES)
    since = filters.DateFilter(
        field_name="created_at", lookup_expr="date__gte", label="From", widget=DATE
    )
    until = filters.DateFilter(
        field_name="created_at", lookup_expr="date__lte", label="Until", widget=DATE
    )

    def by_state(
        self, rows: QuerySet[GoldenCase], name: str, value: str
    ) -> QuerySet[GoldenCase]:
        return rows.filter(retired_at__isnull=value != RETIRED)
