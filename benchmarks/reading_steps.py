"""The four reading steps one after the other, as the runner calls them."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from catalog.sniffing import sniff
from pipeline.engines.base import EngineError
from pipeline.engines.rapidocr import RapidOcrEngine
from pipeline.steps.base import (
    Outcome,
    Output,
    SourceFacts,
    Step,
    StepError,
    StepInput,
    StepResult,
)
from pipeline.steps.input_gate import InputGate
from pipeline.steps.normalize import Normalize
from pipeline.steps.ocr import Ocr
from pipeline.steps.thumbnail import Thumbnail

STEPS: tuple[type[Step], ...] = (InputGate, Normalize, Thumbnail, Ocr)


@dataclass(frozen=True, slots=True)
class Reading:
    """outcome is "read", "reject" or "failed"; results are by step name."""

    outcome: str
    reason: str
    results: dict[str, StepResult] = field(default_factory=dict)


@lru_cache(maxsize=1)
def engine() -> RapidOcrEngine:
    return RapidOcrEngine(threads=1)


def _choose(_: str) -> Any:
    return engine()


def read_document(
    path: Path, folder: Path, *, timer: dict[str, float] | None = None
) -> Reading:
    """Reads one file; folder is an empty one for what the steps make, timer takes the
    seconds of each step.
    """
    content = path.read_bytes()
    sniffed = sniff(content)
    source = SourceFacts(
        content_hash=hashlib.sha256(content).hexdigest(),
        mime_type=sniffed.mime_type,
        modality=sniffed.modality,
        bytes=len(content),
    )
    made: list[Output] = []
    results: dict[str, StepResult] = {}
    spent = {} if timer is None else timer
    for step in STEPS:
        workdir = folder / step.name
        workdir.mkdir()
        given = StepInput(source, path, workdir, {}, (), tuple(made), _choose)
        started = time.perf_counter()
        try:
            result = step().run(given)
        except StepError as error:
            return Reading("failed", f"{step.name}: {error.reason}", results)
        except EngineError:
            return Reading("failed", f"{step.name}: engine", results)
        seconds = time.perf_counter() - started
        spent[step.name] = spent.get(step.name, 0.0) + seconds
        results[step.name] = result
        made.extend(result.outputs)
        if result.outcome == Outcome.REJECT:
            return Reading("reject", result.reason, results)
    return Reading("read", "", results)
