from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import ApiView
from catalog.api.questions import PageParams, ScopeParams, page_of, params_of
from catalog.models import Generation, State
from catalog.scope import scope_of
from catalog.slices import ANY, Slice
from reviewer.affected import SHOWN, affected, answer_json, readings


class SliceParams(ScopeParams):
    """Readings that have all of these; an empty template_key: those without one."""

    pipeline_name = serializers.CharField(required=False)
    pipeline_version = serializers.CharField(required=False)
    model_id = serializers.CharField(
        required=False, help_text="a model that had a part in the reading"
    )
    template_key = serializers.CharField(required=False, allow_blank=True)
    document_type = serializers.CharField(required=False, allow_blank=True)
    step = serializers.CharField(required=False)
    outcome = serializers.CharField(required=False, help_text="of that step")
    since = serializers.DateTimeField(required=False, help_text="read then or later")
    until = serializers.DateTimeField(required=False, help_text="read before then")
    state = serializers.ChoiceField([*State.values, ANY], default=State.CURRENT.value)


class ShownParams(serializers.Serializer[object]):
    only = serializers.ChoiceField(
        SHOWN, default="all", help_text="exported, not exported, or with an open review"
    )


class CountsSerializer(serializers.Serializer[object]):
    sources = serializers.IntegerField()
    generations = serializers.IntegerField()
    artifacts = serializers.IntegerField()
    told_sources = serializers.IntegerField(help_text="an export carried some of it")
    untold_sources = serializers.IntegerField()
    told_artifacts = serializers.IntegerField()
    deliveries = serializers.IntegerField()
    open_review_tasks = serializers.IntegerField()


class TenantCountsSerializer(CountsSerializer):
    tenant = serializers.SlugField()


class ToldSerializer(serializers.Serializer[object]):
    tenant = serializers.SlugField()
    recipient = serializers.CharField()
    deliveries = serializers.IntegerField()
    artifacts = serializers.IntegerField()
    last = serializers.DateTimeField()


class BlastRadiusSerializer(CountsSerializer):
    slice = serializers.DictField(child=serializers.CharField())
    recipients = serializers.IntegerField()
    tenants = TenantCountsSerializer(many=True)
    told = ToldSerializer(many=True)


class AffectedSerializer(serializers.Serializer[object]):
    """A source, by the newest of its readings in the slice."""

    source_id = serializers.UUIDField()
    name = serializers.CharField()
    tenant = serializers.SlugField()
    generation_id = serializers.UUIDField()
    state = serializers.CharField()
    pipeline_name = serializers.CharField()
    pipeline_version = serializers.CharField()
    model_id = serializers.CharField()
    document_type = serializers.CharField()
    template_key = serializers.CharField()
    read_at = serializers.DateTimeField()
    told = serializers.BooleanField()
    review_task_id = serializers.UUIDField(allow_null=True)


class AffectedPageSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField(help_text="of all pages, exact")
    next = serializers.URLField(allow_null=True)
    results = AffectedSerializer(many=True)


def _slice(request: Request) -> Slice:
    asked: dict[str, Any] = params_of(SliceParams, request)
    return Slice.of(asked, tenants=scope_of(request.user, asked["tenant"]))


class BlastRadiusView(ApiView):
    """How far a wrong reading reaches, in exact counts, by tenant; and who was told."""

    @extend_schema(
        operation_id="blast_radius",
        parameters=[SliceParams],
        responses=BlastRadiusSerializer,
    )
    def get(self, request: Request) -> Response:
        blast = Generation.objects.blast_radius(_slice(request))
        return Response(answer_json(blast))


class AffectedView(ApiView):
    """Every source of a slice, by pages in order of their ids."""

    @extend_schema(
        operation_id="blast_radius_sources",
        parameters=[SliceParams, ShownParams, PageParams],
        responses=AffectedPageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = _slice(request)
        rows = readings(wanted, params_of(ShownParams, request)["only"])
        count = rows.order_by().values("source").distinct().count()
        return page_of(
            request,
            rows,
            count=count,
            shown=lambda found: [one.as_json() for one in affected(found, wanted)],
        )
