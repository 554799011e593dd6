"""What the list of golden cases is narrowed by, for the API and for the page."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.api.filters import GoldenCaseFilter
from catalog.models import GoldenCase, GoldenValue
from reviewer import agreement
from reviewer.models import Decision, ReviewTask

IMPORT = "import"
ORIGINS = [
    (ReviewTask.Asks.DOUBTS.value, "an answer to a doubt"),
    (ReviewTask.Asks.DIFFERENCE.value, "a choice between two versions"),
    (ReviewTask.Asks.AUDIT.value, "a full check"),
    (IMPORT, "an import"),
]
AGREE, DIFFER, ALONE = "agree", "differ", "alone"
AGREEMENTS = [
    (AGREE, "all agree"),
    (DIFFER, "somebody said otherwise"),
    (ALONE, "nobody looked beside"),
]


def standing_of_case() -> QuerySet[GoldenValue]:
    return GoldenValue.objects.standing().filter(case=OuterRef("pk"))


class GoldenSearchFilter(GoldenCaseFilter):
    q = filters.CharFilter(
        method="by_name", help_text="words of the name, or an id of case or source"
    )
    template = filters.CharFilter(field_name="slices__template")
    field = filters.CharFilter(
        method="by_field", help_text="the slot of a value that counts"
    )
    origin = filters.ChoiceFilter(
        choices=ORIGINS,
        method="by_origin",
        help_text="what a value that counts was filed by",
    )
    agreement = filters.ChoiceFilter(
        choices=AGREEMENTS,
        method="by_agreement",
        help_text="of second opinions about the document with what stands",
    )
    since = filters.DateFilter(field_name="created_at", lookup_expr="date__gte")
    until = filters.DateFilter(field_name="created_at", lookup_expr="date__lte")

    def by_name(
        self, rows: QuerySet[GoldenCase], name: str, value: str
    ) -> QuerySet[GoldenCase]:
        wanted = Q(source__name__icontains=value.strip())
        try:
            number = uuid.UUID(value.strip())
        except ValueError:
            return rows.filter(wanted)
        return rows.filter(wanted | Q(pk=number) | Q(source=number))

    def by_field(
        self, rows: QuerySet[GoldenCase], name: str, value: str
    ) -> QuerySet[GoldenCase]:
        return rows.filter(Exists(standing_of_case().filter(slot=value)))

    def by_origin(
        self, rows: QuerySet[GoldenCase], name: str, value: str
    ) -> QuerySet[GoldenCase]:
        values = standing_of_case()
        if value == IMPORT:
            imported = values.filter(decision_ref__isnull=True, pipeline_version="")
            return rows.filter(Exists(imported))
        answers = Decision.objects.filter(
            pk=OuterRef("decision_ref"), item__task__asks=value
        )
        return rows.filter(Exists(values.filter(Exists(answers))))

    def by_agreement(
        self, rows: QuerySet[GoldenCase], name: str, value: str
    ) -> QuerySet[GoldenCase]:
        user: Any = getattr(self.request, "user", None)
        pairs = agreement.pairs_seen_by(user) if user is not None else []
        compared = {pair.item.task.source_id for pair in pairs}
        against = {p.item.task.source_id for p in pairs if not p.agrees}
        if value == ALONE:
            return rows.exclude(source__in=compared)
        return rows.filter(
            source__in=against if value == DIFFER else compared - against
        )
