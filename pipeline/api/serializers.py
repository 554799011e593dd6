from __future__ import annotations

from rest_framework import serializers

from catalog.models import Disposition
from pipeline.models import ProcessingEvent, Run
from pipeline.steps.input_gate import GATE_MESSAGES, GateReason


class RunSerializer(serializers.ModelSerializer[Run]):
    source_id = serializers.UUIDField(read_only=True)
    generation_id = serializers.UUIDField(read_only=True, allow_null=True)
    pipeline_name = serializers.CharField(
        source="pipeline_version.name", read_only=True
    )
    pipeline_version = serializers.CharField(
        source="pipeline_version.version", read_only=True
    )
    message = serializers.SerializerMethodField(
        help_text="what to do about a document that was rejected; empty otherwise"
    )

    class Meta:
        model = Run
        fields = [
            "run_id",
            "source_id",
            "generation_id",
            "pipeline_name",
            "pipeline_version",
            "lane",
            "state",
            "step",
            "disposition",
            "reason",
            "message",
            "attempts",
            "requested_at",
            "started_at",
            "finished_at",
        ]

    def get_message(self, run: Run) -> str:
        if run.disposition != Disposition.REJECTED or run.reason not in set(GateReason):
            return ""
        return GATE_MESSAGES[GateReason(run.reason)]


class EventSerializer(serializers.ModelSerializer[ProcessingEvent]):
    """The `artifact_processed` event under `payload`, and what it is found by."""

    class Meta:
        model = ProcessingEvent
        fields = [
            "event_id",
            "created_at",
            "run_id",
            "source_id",
            "document_type",
            "template_key",
            "disposition",
            "reason",
            "payload",
        ]
