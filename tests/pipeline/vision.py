"""A document, its truth, and a version that has it read by the chat server."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from catalog.models import DerivedArtifact, Generation
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion
from tests.pipeline.chat_server import ChatServer
from tests.pipeline.memo_readings import version_with

MODEL = "seer-1"
# As printed on tests.documents.INVOICE.
TRUTH: dict[str, Any] = {
    "document_type": "invoice",
    "fields": {
        "invoice_number": "TW-20417",
        "invoice_date": "12 March 2026",
        "supplier_name": "Tidewater Paper Ltd",
        "buyer_name": "Harbour Books GmbH",
        "currency": "EUR",
        "line_total": "100.00",
        "tax_total": "20.00",
        "grand_total": "120.00",
    },
    "lines": [
        {
            "description": "Writing paper, ream",
            "quantity": "4",
            "unit_price": "12.50",
            "amount": "50.00",
        },
        {
            "description": "Envelopes, box",
            "quantity": "2",
            "unit_price": "25.00",
            "amount": "50.00",
        },
    ],
}


def engines_with(server: ChatServer, **more: Any) -> dict[str, Any]:
    """settings.ENGINES with the server as "extract_vision"; more: its RUNTIME."""
    runtime = {
        "url": server.url,
        "seconds": 2.0,
        "retries": 2,
        "requests_a_minute": 0,
        "tokens_a_minute": 0,
        **more,
    }
    options = {"model": MODEL, "answers_as": runtime.pop("answers_as", "")}
    backend = "pipeline.engines.vision_chat.engine.VisionChatEngine"
    entry = {"BACKEND": backend, "OPTIONS": options, "RUNTIME": runtime}
    return {**settings.ENGINES, "extract_vision": entry}


def vision_version(
    base: PipelineVersion, number: str = "2.0.0", **params: Any
) -> PipelineVersion:
    """The base, but that the service extracts; params: of its step."""

    def change(manifest: dict[str, Any]) -> None:
        changed = Manifest.from_json(manifest).with_engine("extract_vision").as_json()
        manifest |= changed
        for step in manifest["steps"]:
            if step["step"] == "extract":
                step["params"] |= params

    return version_with(base, number, change)


def fields(generation: Generation) -> dict[str, DerivedArtifact]:
    return {a.slot: a for a in generation.artifacts.filter(kind="field")}


def value_of(artifact: DerivedArtifact) -> str:
    assert artifact.payload is not None
    return str(artifact.payload["value"])


def box_of(artifact: DerivedArtifact) -> list[float]:
    assert artifact.region is not None
    return list(artifact.region["bbox"])
