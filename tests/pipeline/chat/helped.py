from __future__ import annotations

from typing import Any

from catalog.models import Generation
from pipeline.memo.memory import loaded
from pipeline.models import (
    Run,
)
from pipeline.steps.base import Output
from tests.pipeline.memo_readings import (
    steps_of,
)


def payloads(generation: Generation, kind: str, tmp_path: Any) -> list[dict[str, Any]]:
    found = generation.artifacts.filter(kind=kind).order_by("slot")
    whole = [loaded(a, Output(a.kind, a.slot), tmp_path).payload for a in found]
    return [payload for payload in whole if payload is not None]


def extract_of(run: Run) -> dict[str, Any]:
    return steps_of(run)["extract"]
