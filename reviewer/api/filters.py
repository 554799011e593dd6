from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Disposition, Generation, Modality, SourceMedia
from reviewer.models import ReviewTask, Stakes


class SourceFilter(filters.FilterSet):
    tenant = filters.CharFilter(field_name="tenant__slug")
    name = filters.CharFilter(lookup_expr="icontains")
    modality = filters.ChoiceFilter(choices=Modality.choices)
    after = filters.IsoDateTimeFilter(field_name="uploaded_at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="uploaded_at", lookup_expr="lt")
    disposition = filters.ChoiceFilter(
        choices=Disposition.choices,
        method="by_current_generation",
        help_text="of the current generation, as the next four",
    )
    document_type = filters.CharFilter(method="by_current_generation")
    template_key = filters.CharFilter(method="by_current_generation")
    pipeline_version = filters.CharFilter(method="by_current_generation")
    released = filters.BooleanFilter(method="by_release")
    erased = filters.BooleanFilter(
        field_name="erased_at",
        lookup_expr="isnull",
        exclude=True,
        help_text="true: only erased ones; without it they are left out",
    )

    class Meta:
        model = SourceMedia
        fields = ["content_hash", "mime_type"]

    def by_current_generation(
        self, rows: QuerySet[SourceMedia], name: str, value: str
    ) -> QuerySet[SourceMedia]:
        current = Generation.objects.current().filter(
            **{"source": OuterRef("pk"), name: value}
        )
        return rows.filter(Exists(current))

    def by_release(
        self, rows: QuerySet[SourceMedia], name: str, value: Any
    ) -> QuerySet[SourceMedia]:
        released = Exists(Generation.objects.released().filter(source=OuterRef("pk")))
        return rows.filter(released if value else ~released)


class ReviewTaskFilter(filters.FilterSet):
    tenant = filters.CharFilter(field_name="tenant__slug")
    source = filters.UUIDFilter(field_name="source_id")
    generation = filters.UUIDFilter(field_name="generation_id")
    asks = filters.ChoiceFilter(choices=ReviewTask.Asks.choices)
    state = filters.ChoiceFilter(choices=ReviewTask.State.choices)
    stakes = filters.ChoiceFilter(choices=Stakes.choices)
    mine = filters.BooleanFilter(
        method="by_holder", help_text="true: only those that you hold now"
    )

    class Meta:
        model = ReviewTask
        fields = ["reason", "document_type", "template_key"]

    def by_holder(
        self, rows: QuerySet[ReviewTask], name: str, value: Any
    ) -> QuerySet[ReviewTask]:
        user = getattr(self.request, "user", AnonymousUser())
        held = ReviewTask.objects.reserved_by(user).values("pk")
        return rows.filter(pk__in=held) if value else rows.exclude(pk__in=held)
