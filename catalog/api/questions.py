"""The questions about the whole corpus, for managers and admins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from catalog.answers import makes_json, matrix_json
from catalog.api.access import ApiView
from catalog.api.pages import MAX_PAGE_SIZE, PAGE_SIZE
from catalog.models import LINES, Generation, SourceMedia, VersionTally
from catalog.models.generation import GenerationQuerySet
from catalog.scope import scope_of

Shown = Callable[[Sequence[Generation]], list[dict[str, Any]]]


class ScopeParams(serializers.Serializer[object]):
    tenant = serializers.SlugField(
        required=False, default="", help_text="only this one of your tenants"
    )


class PageParams(serializers.Serializer[object]):
    """A page of sources: give `after` as the answer before did, or follow `next`."""

    after = serializers.UUIDField(required=False, default=None)
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE
    )


class MixedParams(ScopeParams):
    by = serializers.ChoiceField(
        list(LINES), default="tenant", help_text="what a line of the matrix is"
    )
    mixed = serializers.BooleanField(
        default=False, help_text="only lines of several versions or sets of models"
    )


class VersionCountSerializer(serializers.Serializer[object]):
    pipeline_name = serializers.CharField()
    pipeline_version = serializers.CharField()
    generations = serializers.IntegerField()


class MatrixLineSerializer(serializers.Serializer[object]):
    """With its name under `tenant`, `template` or `type`, as asked by `by`."""

    mixed = serializers.BooleanField(help_text="several versions of one pipeline")
    several_models = serializers.BooleanField()
    generations = serializers.IntegerField()
    versions = serializers.DictField(child=serializers.IntegerField())
    models = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField())
    )


class MatrixSerializer(serializers.Serializer[object]):
    by = serializers.CharField()
    versions = VersionCountSerializer(many=True)
    mixed = serializers.IntegerField(help_text="lines of several versions")
    lines = MatrixLineSerializer(many=True)


class MixedSourceSerializer(serializers.Serializer[object]):
    source_id = serializers.UUIDField()
    name = serializers.CharField()
    tenant = serializers.SlugField()
    kinds = serializers.DictField(
        help_text="by kind: what makes its current artifacts, and how many"
    )


class MixedSourcePageSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField(help_text="of all pages, exact")
    next = serializers.URLField(allow_null=True)
    results = MixedSourceSerializer(many=True)


def params_of(
    kind: type[serializers.Serializer[object]], request: Request
) -> dict[str, Any]:
    params = kind(data=request.query_params)
    params.is_valid(raise_exception=True)
    asked: dict[str, Any] = params.validated_data
    return asked


def next_address(request: Request, after: object) -> str:
    return replace_query_param(request.build_absolute_uri(), "after", str(after))


def page_of(
    request: Request, rows: GenerationQuerySet, *, count: int, shown: Shown
) -> Response:
    """{"count", "next", "results"}: one row a source, in order of their ids."""
    asked = params_of(PageParams, request)
    size = asked["page_size"]
    ordered = rows.after(asked["after"]).select_related("source__tenant")
    found = list(ordered.defer("steps")[: size + 1])
    more = next_address(request, found[size - 1].source_id) if found[size:] else None
    return Response({"count": count, "next": more, "results": shown(found[:size])})


class MixedVersionsView(ApiView):
    """Of which versions the corpus is, counted from the tally: the version matrix."""

    @extend_schema(
        operation_id="mixed_versions",
        parameters=[MixedParams],
        responses=MatrixSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = params_of(MixedParams, request)
        tally = VersionTally.objects.of_tenants(scope_of(request.user, asked["tenant"]))
        by = asked["by"]
        matrix = tally.mixed(by) if asked["mixed"] else tally.matrix(by)
        return Response(matrix_json(matrix))


class MixedSourcesView(ApiView):
    """Sources whose current artifacts of one kind come from several versions."""

    @extend_schema(
        operation_id="mixed_versions_sources",
        parameters=[ScopeParams, PageParams],
        responses=MixedSourcePageSerializer,
    )
    def get(self, request: Request) -> Response:
        tenants = scope_of(request.user, params_of(ScopeParams, request)["tenant"])
        asked = params_of(PageParams, request)
        size, after = asked["page_size"], asked["after"]
        rows = SourceMedia.objects.with_mixed_versions(tenants)
        if tenants is not None:
            rows = rows.filter(tenant__in=tenants)
        ordered = rows.select_related("tenant").order_by("source_id")
        found = list((ordered.filter(pk__gt=after) if after else ordered)[: size + 1])
        more = next_address(request, found[size - 1].pk) if found[size:] else None
        results = list(makes_json(found[:size]))
        return Response({"count": rows.count(), "next": more, "results": results})


LINEAGE = extend_schema(
    parameters=[],
    responses={(200, "application/json"): OpenApiTypes.OBJECT},
    description=(
        "Everything that the artifact was made from, up to the original's bytes, and"
        " everything that was made from it: {artifact_id, nodes, edges}, complete. A"
        " node is an original or an artifact with its stamps; an edge says what was"
        " made from what."
    ),
)
