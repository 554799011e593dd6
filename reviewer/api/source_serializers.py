from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.access import person
from catalog.api.serializers import ErasureSerializer, GenerationSerializer
from catalog.erasing.report import erasure_as_json
from catalog.models import Erasure, SourceMedia
from pipeline.api.serializers import RunSerializer
from pipeline.report import values_of
from reviewer.blinding import fields_for


class SourceSerializer(serializers.ModelSerializer[SourceMedia]):
    tenant = serializers.SlugField(source="tenant.slug", read_only=True)
    generations = GenerationSerializer(
        source="current_generations",
        many=True,
        read_only=True,
        help_text="the current one of each pipeline; none while it is being read",
    )

    class Meta:
        model = SourceMedia
        fields = [
            "source_id",
            "tenant",
            "name",
            "content_hash",
            "modality",
            "mime_type",
            "bytes",
            "uploaded_at",
            "retention_class",
            "erased_at",
            "generations",
        ]


class FieldSerializer(serializers.Serializer[object]):
    value = serializers.CharField(allow_null=True)
    page = serializers.IntegerField(allow_null=True)
    bbox = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="left, top, right, bottom in page fractions, origin top left",
    )
    confidence = serializers.FloatField(allow_null=True)
    status = serializers.CharField(allow_null=True)


class LineSerializer(serializers.Serializer[object]):
    description = serializers.CharField(allow_null=True)
    quantity = serializers.CharField(allow_null=True)
    unit_price = serializers.CharField(allow_null=True)
    amount = serializers.CharField(allow_null=True)


class SourceDetailSerializer(SourceSerializer):
    """A source with what its current generation says now, as the command line does."""

    def get_fields(self) -> dict[str, Any]:
        # Named here, since a class attribute called "fields" is the serializer's own.
        return {
            **super().get_fields(),
            "fields": serializers.SerializerMethodField("fields_of"),
            "lines": serializers.SerializerMethodField("lines_of"),
            "erasure": serializers.SerializerMethodField("erasure_of"),
        }

    @extend_schema_field(ErasureSerializer(allow_null=True))
    def erasure_of(self, source: SourceMedia) -> dict[str, Any] | None:
        if source.erased_at is None:
            return None
        erasure = Erasure.objects.select_related("actor").get(source=source)
        return dict(ErasureSerializer(erasure_as_json(erasure)).data)

    @extend_schema_field(serializers.DictField(child=FieldSerializer()))
    def fields_of(self, source: SourceMedia) -> dict[str, Any]:
        return self._values(source)[0]

    @extend_schema_field(LineSerializer(many=True))
    def lines_of(self, source: SourceMedia) -> list[dict[str, Any]]:
        return self._values(source)[1]

    def _values(
        self, source: SourceMedia
    ) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
        current = getattr(source, "current_generations", [])
        if not current:
            return {}, []
        return values_of(fields_for(person(self.context["request"]), current[0]))


class StatusSerializer(serializers.Serializer[object]):
    """Where a source stands: its latest run, and whether its values are released."""

    source_id = serializers.UUIDField()
    run = RunSerializer(allow_null=True)
    document_type = serializers.CharField(allow_blank=True)
    released_at = serializers.DateTimeField(allow_null=True)
    review_task_id = serializers.UUIDField(
        allow_null=True, help_text="the open review task, if people are asked"
    )


class EraseParams(serializers.Serializer[object]):
    reference = serializers.CharField(
        max_length=100, help_text="the number of the request; no names"
    )


class UploadSerializer(serializers.Serializer[object]):
    file = serializers.FileField(allow_empty_file=True)
    tenant = serializers.SlugField(help_text="whose document it is")


class UploadedSerializer(serializers.Serializer[object]):
    created = serializers.BooleanField(
        help_text="false where the tenant had the same bytes already"
    )
    source_id = serializers.UUIDField()
    content_hash = serializers.CharField()
    run = RunSerializer(help_text="what became of it so far; see status/ for the rest")
