from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from catalog.api.access import OwnRows
from catalog.api.pages import NewestFirst
from pipeline.models import Reprocess, ReprocessItem, Stage
from pipeline.reprocessing.progress import progress_json, progress_of


class ReprocessSerializer(serializers.ModelSerializer[Reprocess]):
    pipeline_name = serializers.CharField(
        source="pipeline_version.name", read_only=True
    )
    pipeline_version = serializers.CharField(
        source="pipeline_version.version", read_only=True
    )
    selection = serializers.SerializerMethodField(
        help_text="what was chosen, by the words of the blast radius"
    )
    stage = serializers.CharField(source="get_stage_display", read_only=True)
    until_stage = serializers.CharField(
        source="get_until_stage_display",
        read_only=True,
        help_text="it goes on by itself up to the end of this stage",
    )

    class Meta:
        model = Reprocess
        fields = [
            "reprocess_id",
            "pipeline_name",
            "pipeline_version",
            "selection",
            "seed",
            "canary_share",
            "sample_share",
            "state",
            "why",
            "state_since",
            "stage",
            "until_stage",
            "budget_micro_usd",
            "created_at",
            "finished_at",
        ]

    def get_selection(self, reprocess: Reprocess) -> dict[str, Any]:
        # Whose sources are in it is not for everybody.
        chosen = reprocess.selection
        return {key: word for key, word in chosen.items() if key != "tenants"}


class ReprocessProgressSerializer(serializers.Serializer[object]):
    """Counts of your tenants' items."""

    items = serializers.IntegerField()
    ended = serializers.IntegerField()
    stages = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField())
    )
    states = serializers.DictField(child=serializers.IntegerField())
    verdicts = serializers.DictField(child=serializers.IntegerField())
    disagreeing = serializers.IntegerField()
    without_candidate = serializers.IntegerField(
        help_text="refused by the new version: nothing can be promoted"
    )
    items_a_minute = serializers.FloatField(allow_null=True)
    seconds_left = serializers.IntegerField(allow_null=True)
    spent_micro_usd = serializers.IntegerField()
    ms = serializers.IntegerField(help_text="of all steps that ran")
    steps_run = serializers.IntegerField()
    steps_spared = serializers.IntegerField()


class ReprocessItemSerializer(serializers.ModelSerializer[ReprocessItem]):
    stage = serializers.CharField(source="get_stage_display", read_only=True)
    verdict = serializers.CharField(
        source="comparison.verdict", default="", read_only=True
    )
    disagrees = serializers.BooleanField(
        source="comparison.disagrees", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = ReprocessItem
        fields = [
            "item_id",
            "source_id",
            "stage",
            "state",
            "reason",
            "attempts",
            "old_generation_id",
            "new_generation_id",
            "comparison_id",
            "verdict",
            "disagrees",
            "slices",
            "ms",
            "micro_usd",
            "steps_run",
            "steps_spared",
            "finished_at",
        ]


class ReprocessFilter(filters.FilterSet):
    pipeline_version = filters.CharFilter(field_name="pipeline_version__version")
    state = filters.ChoiceFilter(choices=Reprocess.State.choices)

    class Meta:
        model = Reprocess
        fields: list[str] = []


class ItemFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ReprocessItem.State.choices)
    stage = filters.ChoiceFilter(choices=Stage.choices)
    verdict = filters.CharFilter(field_name="comparison__verdict")
    disagrees = filters.BooleanFilter(field_name="comparison__disagrees")

    class Meta:
        model = ReprocessItem
        fields: list[str] = []


class ReprocessViewSet(OwnRows, ReadOnlyModelViewSet[Reprocess]):
    """Selections that were, or are, read anew by another version."""

    queryset = Reprocess.objects.select_related("pipeline_version")
    serializer_class = ReprocessSerializer
    filterset_class = ReprocessFilter
    pagination_class = NewestFirst

    @extend_schema(responses=ReprocessProgressSerializer)
    @action(detail=True)
    def progress(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How far it is."""
        reprocess = self.get_object()
        items = ReprocessItem.objects.filter(reprocess=reprocess)
        found = progress_of(reprocess, items.visible_to(request.user))
        told = progress_json(found)
        names = ReprocessProgressSerializer().fields
        return Response({str(name): told[str(name)] for name in names})


class ReprocessItemsView(OwnRows, ListAPIView[ReprocessItem]):
    """One a source: which readings were compared, and what came of it."""

    queryset = ReprocessItem.objects.select_related("comparison")
    serializer_class = ReprocessItemSerializer
    filterset_class = ItemFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[ReprocessItem]:
        if "reprocess_id" not in self.kwargs:
            # The schema is asked for without a request.
            return ReprocessItem.objects.none()
        own = Reprocess.objects.visible_to(self.request.user)
        found = get_object_or_404(own, pk=self.kwargs["reprocess_id"])
        return super().get_queryset().filter(reprocess=found)
