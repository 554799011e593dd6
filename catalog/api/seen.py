"""Who was shown what, for admins."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from catalog.api.access import OwnRows
from catalog.api.pages import NewestFirst
from catalog.models import Sighting, Way, What

WHATS = [(one.label, one.label.capitalize()) for one in What]
WAYS = [(one.label, one.label) for one in Way]


class SightingFilter(filters.FilterSet):
    """Without times: a page asks for days, the API for moments."""

    source = filters.UUIDFilter(field_name="source_id", label="Source")
    user = filters.CharFilter(field_name="user__username", label="Person")
    tenant = filters.CharFilter(field_name="tenant__slug", label="Tenant")
    what = filters.ChoiceFilter(choices=WHATS, method="of_label", label="What")
    way = filters.ChoiceFilter(choices=WAYS, method="of_label", label="Through")

    class Meta:
        model = Sighting
        fields: list[str] = []

    def of_label(
        self, rows: QuerySet[Sighting], name: str, value: str
    ) -> QuerySet[Sighting]:
        numbers = {one.label: one for one in (What if name == "what" else Way)}
        return rows.filter(**{name: numbers[value]})


class ApiSightingFilter(SightingFilter):
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")


class SightingSerializer(serializers.ModelSerializer[Sighting]):
    user = serializers.CharField(source="user.username", read_only=True)
    tenant = serializers.CharField(source="tenant.slug", read_only=True)
    source_id = serializers.UUIDField(read_only=True)
    what = serializers.CharField(source="get_what_display", read_only=True)
    way = serializers.CharField(source="get_way_display", read_only=True)
    regions = serializers.ListField(
        source="rectangles",
        child=serializers.ListField(child=serializers.FloatField()),
        read_only=True,
        help_text="left, top, right, bottom in page fractions; none: all of it",
    )

    class Meta:
        model = Sighting
        fields = [
            *("at", "user", "tenant", "source_id", "what", "way", "page", "regions"),
            *("artifact_id", "task_id"),
        ]


class SeenView(OwnRows, ListModelMixin, GenericViewSet[Sighting]):
    """Who was shown what of the tenants that you are admin of, newest first.

    A row a request that served pictures, words or values; no value is in it.
    """

    queryset = Sighting.objects.with_names()
    serializer_class = SightingSerializer
    filterset_class = ApiSightingFilter
    pagination_class = NewestFirst
