from __future__ import annotations

from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from catalog.api import filters, serializers
from catalog.api.access import MANAGERS, OwnRows, person
from catalog.api.files import artifact_response
from catalog.api.pages import NewestFirst
from catalog.api.questions import LINEAGE
from catalog.lineage import as_json, lineage_of
from catalog.models import (
    Delivery,
    DerivedArtifact,
    Generation,
    GoldenCase,
    GoldenValue,
    Tenant,
    Way,
    What,
)
from catalog.services import note_artifact_seen, note_seen


class GenerationViewSet(OwnRows, ReadOnlyModelViewSet[Generation]):
    """Everything that one pipeline version made of one source."""

    queryset = Generation.objects.all()
    serializer_class = serializers.GenerationSerializer
    filterset_class = filters.GenerationFilter
    pagination_class = NewestFirst


class ArtifactViewSet(OwnRows, ReadOnlyModelViewSet[DerivedArtifact]):
    """Derived things, each stamped with the version and model that made it."""

    queryset = DerivedArtifact.objects.all()
    serializer_class = serializers.ArtifactSerializer
    filterset_class = filters.ArtifactFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.action == "list":
            return rows.defer("payload")
        return rows.select_related("source").prefetch_related("inputs")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        artifact = self.get_object()
        note_artifact_seen(user=person(request), artifact=artifact, way=Way.API)
        return Response(self.get_serializer(artifact).data)

    def get_serializer_class(self) -> type[serializers.ArtifactSerializer]:
        if self.action == "retrieve":
            return serializers.ArtifactDetailSerializer
        return serializers.ArtifactSerializer

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filterset_class=None, pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The payload as a download: JSON, or a picture."""
        artifact = self.get_object()
        note_artifact_seen(user=person(request), artifact=artifact, way=Way.API)
        return artifact_response(artifact)

    @LINEAGE
    @action(detail=True, filterset_class=None, pagination_class=None)
    def lineage(self, request: Request, pk: str) -> HttpResponseBase:
        found = lineage_of(self.get_object(), viewer=person(request))
        return StreamingHttpResponse(
            as_json(found), content_type="application/json; charset=utf-8"
        )


class GoldenCaseViewSet(OwnRows, ReadOnlyModelViewSet[GoldenCase]):
    """Sources with their agreed true values."""

    queryset = GoldenCase.objects.select_related("source__tenant")
    filterset_class = filters.GoldenCaseFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Any]:
        shown = GoldenValue.objects.standing().shown_to(self.request.user)
        values = Prefetch("values", queryset=shown, to_attr="standing_values")
        rows = super().get_queryset().prefetch_related(values)
        if self.action == "list":
            return cast("QuerySet[Any]", cast("Any", rows).of_kept_sources())
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        case = self.get_object()
        note_seen(
            user=person(request), source=case.source, what=What.VALUES, way=Way.API
        )
        return Response(self.get_serializer(case).data)

    def get_serializer_class(self) -> type[serializers.GoldenCaseSerializer]:
        if self.action == "retrieve":
            return serializers.GoldenCaseDetailSerializer
        return serializers.GoldenCaseSerializer


@extend_schema_view(
    list=extend_schema(description="For managers and admins: who was sent what."),
)
class DeliveryViewSet(OwnRows, ReadOnlyModelViewSet[Delivery]):
    """Values that left the house: who was told, and when."""

    queryset = Delivery.objects.select_related("tenant", "recipient")
    serializer_class = serializers.DeliverySerializer
    filterset_class = filters.DeliveryFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Any]:
        led = Tenant.objects.led_by(self.request.user, *MANAGERS)
        return super().get_queryset().filter(tenant__in=led)

    @extend_schema(responses=serializers.ArtifactSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def artifacts(self, request: Request, pk: str) -> Response:
        """Exactly the artifacts that the delivery carried, as they stand now."""
        carried = DerivedArtifact.objects.filter(deliveries__delivery=self.get_object())
        page = self.paginate_queryset(carried.defer("payload"))
        return self.get_paginated_response(
            serializers.ArtifactSerializer(page, many=True).data
        )
