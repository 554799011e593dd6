from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import ApiView
from catalog.api.questions import PageParams, ScopeParams, page_of, params_of
from catalog.scope import scope_of
from pipeline.models import PipelineVersion
from pipeline.staleness import Staleness, staleness_json, staleness_of


class StaleParams(ScopeParams):
    pipeline = serializers.CharField(
        default="doc-extract",
        help_text="NAME (its active version) or NAME@VERSION: what is held against",
    )
    component = serializers.CharField(
        required=False, default="", help_text="only what lacks its change"
    )


class ChangeSerializer(serializers.Serializer[object]):
    component = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class BehindSerializer(serializers.Serializer[object]):
    version = serializers.CharField()
    generations = serializers.IntegerField()
    changes = ChangeSerializer(many=True)


class CauseSerializer(serializers.Serializer[object]):
    component = serializers.CharField()
    generations = serializers.IntegerField()
    versions = serializers.ListField(child=serializers.CharField())


class StalenessSerializer(serializers.Serializer[object]):
    target = serializers.CharField()
    fresh = serializers.IntegerField(help_text="sources that the version speaks for")
    stale = serializers.IntegerField(help_text="sources for which another one speaks")
    behind = BehindSerializer(many=True)
    causes = CauseSerializer(many=True)


class StaleSourceSerializer(serializers.Serializer[object]):
    source_id = serializers.UUIDField()
    name = serializers.CharField()
    tenant = serializers.SlugField()
    generation_id = serializers.UUIDField()
    pipeline_version = serializers.CharField()


class StaleSourcePageSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField(help_text="of all pages, exact")
    next = serializers.URLField(allow_null=True)
    results = StaleSourceSerializer(many=True)


def _asked(request: Request) -> tuple[dict[str, Any], Any, Staleness]:
    """The parameters, the tenants and what is behind in them. Raises Http404."""
    asked = params_of(StaleParams, request)
    tenants = scope_of(request.user, asked["tenant"])
    try:
        target = PipelineVersion.objects.named(asked["pipeline"])
    except PipelineVersion.DoesNotExist as error:
        raise Http404 from error
    return asked, tenants, staleness_of(target, tenants=tenants)


class StaleView(ApiView):
    """What is behind a pipeline version, by version and by component that changed."""

    @extend_schema(
        operation_id="stale", parameters=[StaleParams], responses=StalenessSerializer
    )
    def get(self, request: Request) -> Response:
        return Response(staleness_json(_asked(request)[2]))


class StaleSourcesView(ApiView):
    """Every source that is behind, by pages in order of their ids."""

    @extend_schema(
        operation_id="stale_sources",
        parameters=[StaleParams, PageParams],
        responses=StaleSourcePageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked, tenants, staleness = _asked(request)
        versions = set(staleness.versions(asked["component"]))
        return page_of(
            request,
            staleness.generations(asked["component"], tenants=tenants),
            count=sum(b.generations for b in staleness.behind if b.version in versions),
            shown=lambda rows: [
                {
                    "source_id": row.source_id,
                    "name": row.source.name,
                    "tenant": row.source.tenant.slug,
                    "generation_id": row.pk,
                    "pipeline_version": row.pipeline_version,
                }
                for row in rows
            ],
        )
