from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.files import payload_of
from catalog.models import (
    ArtifactInput,
    Delivery,
    DerivedArtifact,
    Erasure,
    Generation,
    GoldenCase,
    GoldenValue,
    State,
)

STAMPS = ["pipeline_name", "pipeline_version"]


class GenerationSerializer(serializers.ModelSerializer[Generation]):
    source_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Generation
        fields = [
            "generation_id",
            "source_id",
            *STAMPS,
            "model_id",
            "restores",
            "state",
            "complete",
            "document_type",
            "template_key",
            "disposition",
            "reason",
            "created_at",
            "released_at",
        ]


class ArtifactSerializer(serializers.ModelSerializer[DerivedArtifact]):
    source_id = serializers.UUIDField(read_only=True)
    generation_id = serializers.UUIDField(read_only=True)
    superseded_by = serializers.UUIDField(
        source="superseded_by_id", read_only=True, allow_null=True
    )
    payload_hash = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(
        choices=State.choices, read_only=True, help_text="that of its generation"
    )

    class Meta:
        model = DerivedArtifact
        fields = [
            "artifact_id",
            "source_id",
            "source_hash",
            "generation_id",
            "kind",
            "slot",
            "step",
            *STAMPS,
            "model_id",
            "origin",
            "media_type",
            "payload_hash",
            "region",
            "state",
            "superseded_by",
            "created_at",
        ]


class InputSerializer(serializers.ModelSerializer[ArtifactInput]):
    """What an artifact was made from; a null artifact_id is the original."""

    artifact_id = serializers.UUIDField(
        source="input_artifact_id", read_only=True, allow_null=True
    )

    class Meta:
        model = ArtifactInput
        fields = ["artifact_id", "input_hash"]
        extra_kwargs = {"input_hash": {"read_only": True}}


class ArtifactDetailSerializer(ArtifactSerializer):
    memo_key = serializers.CharField(read_only=True, allow_null=True)
    inputs = InputSerializer(many=True, read_only=True)
    payload = serializers.SerializerMethodField(
        help_text="the JSON payload; null for pictures, which are under file/"
    )

    class Meta(ArtifactSerializer.Meta):
        fields = [*ArtifactSerializer.Meta.fields, "memo_key", "inputs", "payload"]

    def get_payload(self, artifact: DerivedArtifact) -> dict[str, Any] | None:
        payload: dict[str, Any] | None = payload_of(artifact)
        return payload


class GoldenValueSerializer(serializers.ModelSerializer[GoldenValue]):
    class Meta:
        model = GoldenValue
        fields = [
            "slot",
            "value_type",
            "value",
            "region",
            "machine_value",
            "machine_region",
            "pipeline_version",
            "model_id",
            "other_value",
            "other_region",
            "other_version",
            "created_at",
        ]


class GoldenCaseSerializer(serializers.ModelSerializer[GoldenCase]):
    source_id = serializers.UUIDField(read_only=True)
    content_hash = serializers.CharField(source="source.content_hash", read_only=True)
    tenant = serializers.SlugField(source="source.tenant.slug", read_only=True)

    class Meta:
        model = GoldenCase
        fields = [
            "case_id",
            "source_id",
            "content_hash",
            "tenant",
            "document_type",
            "slices",
            "came_from",
            "created_at",
            "retired_at",
            "retired_because",
        ]


class GoldenCaseDetailSerializer(GoldenCaseSerializer):
    values = GoldenValueSerializer(source="standing_values", many=True, read_only=True)

    class Meta(GoldenCaseSerializer.Meta):
        fields = [*GoldenCaseSerializer.Meta.fields, "values"]


class ErasureSerializer(serializers.Serializer[object]):
    """The tombstone of an erased source."""

    erasure_id = serializers.UUIDField()
    source_id = serializers.UUIDField()
    tenant_id = serializers.UUIDField()
    basis = serializers.ChoiceField(Erasure.Basis.choices)
    reference = serializers.CharField()
    actor = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    ledger_entry = serializers.IntegerField()
    fingerprint = serializers.CharField(
        help_text="HMAC-SHA256 of the content hash, under a key of the operators"
    )
    erased = serializers.JSONField(help_text="counts of what went")
    residue = serializers.JSONField(
        help_text="what the scan found: `total` is 0 when nothing is left"
    )
    finished_at = serializers.DateTimeField(allow_null=True)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    tenant = serializers.SlugField(source="tenant.slug", read_only=True)
    recipient = serializers.CharField(source="recipient.username", read_only=True)

    class Meta:
        model = Delivery
        fields = ["delivery_id", "tenant", "recipient", "form", "at"]
