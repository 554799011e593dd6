from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import (
    DeliveredArtifact,
    Delivery,
    DerivedArtifact,
    Generation,
    GoldenCase,
    Kind,
    Origin,
    State,
)
from catalog.models.derived_artifact import DerivedArtifactQuerySet


class ArtifactFilter(filters.FilterSet):
    source = filters.UUIDFilter(field_name="source_id")
    generation = filters.UUIDFilter(field_name="generation_id")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    state = filters.ChoiceFilter(choices=State.choices, method="in_state")
    origin = filters.ChoiceFilter(choices=Origin.choices)
    tenant = filters.CharFilter(field_name="source__tenant__slug")
    live = filters.BooleanFilter(
        field_name="superseded_by",
        lookup_expr="isnull",
        help_text="true: only what nothing has taken the place of",
    )

    class Meta:
        model = DerivedArtifact
        fields = ["slot", "pipeline_name", "pipeline_version", "model_id"]

    def in_state(
        self, rows: DerivedArtifactQuerySet, name: str, value: str
    ) -> DerivedArtifactQuerySet:
        return rows.in_state(State(value))


class GenerationFilter(filters.FilterSet):
    source = filters.UUIDFilter(field_name="source_id")
    tenant = filters.CharFilter(field_name="source__tenant__slug")
    state = filters.ChoiceFilter(choices=State.choices)
    released = filters.BooleanFilter(
        field_name="released_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Generation
        fields = [
            "pipeline_name",
            "pipeline_version",
            "disposition",
            "reason",
            "document_type",
            "template_key",
        ]


class GoldenCaseFilter(filters.FilterSet):
    source = filters.UUIDFilter(field_name="source_id")
    tenant = filters.CharFilter(field_name="source__tenant__slug")
    active = filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull")

    class Meta:
        model = GoldenCase
        fields = ["document_type", "came_from"]


class DeliveryFilter(filters.FilterSet):
    tenant = filters.CharFilter(field_name="tenant__slug")
    recipient = filters.CharFilter(field_name="recipient__username")
    after = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")
    artifact = filters.UUIDFilter(
        method="carrying", help_text="only deliveries that carried this artifact"
    )
    source = filters.UUIDFilter(
        method="carrying", help_text="only deliveries that carried values of it"
    )

    class Meta:
        model = Delivery
        fields = ["form"]

    def carrying(
        self, rows: QuerySet[Delivery], name: str, value: Any
    ) -> QuerySet[Delivery]:
        wanted = {"artifact": "artifact_id", "source": "artifact__source_id"}[name]
        carried = DeliveredArtifact.objects.filter(
            **{"delivery": OuterRef("pk"), wanted: value}
        )
        return rows.filter(Exists(carried))
