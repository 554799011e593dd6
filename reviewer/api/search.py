from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import ApiView, person, tenant_of
from catalog.api.pages import Ranked
from catalog.models import SearchPage, Way, What
from catalog.services import note_seen
from pipeline.api.hits import Hit, hits_on


class FoundWordSerializer(serializers.Serializer[object]):
    word = serializers.CharField()
    bbox = serializers.ListField(
        child=serializers.FloatField(),
        help_text="left, top, right, bottom in page fractions, origin top left",
    )


class HitSerializer(serializers.Serializer[object]):
    """A page that holds the words, and where on it they stand."""

    source_id = serializers.UUIDField()
    tenant = serializers.SlugField()
    name = serializers.CharField()
    generation_id = serializers.UUIDField()
    page = serializers.IntegerField()
    rank = serializers.FloatField()
    words = FoundWordSerializer(many=True)


class SearchParams(serializers.Serializer[object]):
    q = serializers.CharField(
        max_length=200, help_text='words that all stand on the page; "..." is a phrase'
    )
    tenant = serializers.SlugField(required=False, help_text="only in this tenant")


class SearchView(ApiView, GenericAPIView[Any]):
    """Pages that hold all the words, best first, with the boxes of the words."""

    queryset = SearchPage.objects.all()
    serializer_class = HitSerializer
    pagination_class = Ranked
    filter_backends = []

    @extend_schema(
        operation_id="search",
        parameters=[SearchParams],
        responses=HitSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        params = SearchParams(data=request.query_params)
        params.is_valid(raise_exception=True)
        asked = params.validated_data
        pages = SearchPage.objects.visible_to(request.user).matching(asked["q"])
        if "tenant" in asked:
            pages = pages.filter(tenant=tenant_of(request, asked["tenant"]))
        rows = pages.select_related("artifact__source", "tenant").defer("vector")
        hits = hits_on(self.paginate_queryset(rows) or [], asked["q"])
        note_seen(
            user=person(request), sources=_sources(hits), what=What.WORDS, way=Way.API
        )
        found = [_as_data(hit) for hit in hits]
        return self.get_paginated_response(HitSerializer(found, many=True).data)


def _sources(hits: Iterable[Hit]) -> list[tuple[UUID, UUID]]:
    pages = [hit.page for hit in hits]
    return sorted({(page.artifact.source_id, page.tenant_id) for page in pages})


def _as_data(hit: Hit) -> dict[str, Any]:
    artifact = hit.page.artifact
    return {
        "source_id": artifact.source_id,
        "tenant": hit.page.tenant.slug,
        "name": artifact.source.name,
        "generation_id": artifact.generation_id,
        "page": hit.page.page,
        "rank": getattr(hit.page, "rank", 0.0),
        "words": [{"word": w.text, "bbox": w.bbox.as_list()} for w in hit.words],
    }
