"""Gates: their reports as they are signed. Figures and names of slices, no values."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.api.access import ApiView, OwnRows
from catalog.api.pages import NewestFirst
from pipeline.gate import signed_json
from pipeline.models import Gate, GateSlice


class GateLineSerializer(serializers.ModelSerializer[Gate]):
    gate = serializers.UUIDField(source="gate_id", read_only=True)
    pipeline_version = serializers.SerializerMethodField()

    class Meta:
        model = Gate
        fields = [
            "gate",
            "reprocess",
            "pipeline_version",
            "measured_at",
            "signed_at",
            "fit_to_activate",
            "report_digest",
        ]

    def get_pipeline_version(self, gate: Gate) -> str:
        return str(gate.reprocess.pipeline_version)


class GateSliceSerializer(serializers.ModelSerializer[GateSlice]):
    verdict = serializers.CharField(help_text="pass, block or insufficient")

    class Meta:
        model = GateSlice
        exclude = ["slice_id", "gate"]


@extend_schema_field(GateSliceSerializer(many=True))
class SlicesField(serializers.JSONField):
    pass


class ReportSerializer(serializers.Serializer[object]):
    """The signed part: its canonical JSON is what report_digest is the SHA-256 of."""

    gate = serializers.UUIDField()
    reprocess = serializers.UUIDField()
    pipeline_version = serializers.CharField()
    digest = serializers.CharField(help_text="of the version's manifest")
    selection = serializers.JSONField()
    seed = serializers.IntegerField()
    golden_set = serializers.CharField(allow_null=True)
    margins = serializers.JSONField(help_text="share of documents, by dimension")
    level = serializers.FloatField()
    fit_to_activate = serializers.BooleanField()
    figures = serializers.JSONField(help_text="golden cases, canary, time, cost, why")
    slices = SlicesField()


class SignatureSerializer(serializers.Serializer[object]):
    by = serializers.CharField()
    at = serializers.DateTimeField()
    report_digest = serializers.CharField()


class GateSerializer(serializers.Serializer[object]):
    report = ReportSerializer()
    measured_at = serializers.DateTimeField(allow_null=True)
    signed = SignatureSerializer(allow_null=True)


class GatesView(OwnRows, ListModelMixin, GenericViewSet[Gate]):
    """Gates of whose every tenant one is manager or admin, newest first."""

    queryset = Gate.objects.select_related("reprocess__pipeline_version")
    serializer_class = GateLineSerializer
    pagination_class = NewestFirst


class GateView(ApiView):
    """A gate's report, and who signed it."""

    @extend_schema(operation_id="gate", responses=GateSerializer)
    def get(self, request: Request, gate_id: uuid.UUID) -> Response:
        gates: Any = Gate.objects.visible_to(request.user)
        found = get_object_or_404(
            gates.select_related(
                "reprocess__pipeline_version", "signed_by", "golden_set"
            ),
            pk=gate_id,
        )
        return Response(signed_json(found))
