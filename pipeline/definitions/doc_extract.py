"""doc-extract: the steps of the built-in pipeline, in order."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.claims import DocumentTypeSpec
from pipeline.manifest import Manifest, StepEntry, engines_here
from pipeline.steps.registry import latest_versions

NAME = "doc-extract"
VERSION = "1.0.0"

# Step, and the alias of the engine that it calls.
STEPS: tuple[tuple[str, str], ...] = (
    ("input_gate", ""),
    ("normalize", ""),
    ("thumbnail", ""),
    ("ocr", "ocr"),
    ("layout", ""),
    ("extract", "extract"),
    ("ground", ""),
    ("verify", ""),
    ("index", ""),
    ("disposition", ""),
)


def manifest(document_types: Sequence[DocumentTypeSpec]) -> Manifest:
    """The built-in manifest with the newest code of each step and this machine's engines."""
    versions = latest_versions()
    return Manifest(
        steps=tuple(
            StepEntry(step, versions[step], engine, {}) for step, engine in STEPS
        ),
        engines=engines_here(alias for _, alias in STEPS if alias),
        document_types=tuple(document_types),
    )
