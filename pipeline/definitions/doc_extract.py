"""doc-extract: the steps of the built-in pipeline, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.claims import DocumentTypeSpec
from pipeline.extracting import acceptance
from pipeline.manifest import Manifest, StepEntry, engines_here
from pipeline.steps import extract, input_gate, layout, normalize, ocr, verify
from pipeline.steps.registry import latest_versions

NAME = "doc-extract"
VERSION = "1.0.0"

# Step, and the alias of the engine that it calls.
STEPS: tuple[tuple[str, str], ...] = (
    ("input_gate", ""),
    ("normalize", ""),
    ("ocr", "ocr"),
    ("thumbnail", ""),  # of a page that ocr may have set upright
    ("layout", ""),
    ("extract", "extract"),
    ("ground", ""),
    ("verify", ""),
    ("index", ""),
    ("disposition", ""),
)

# A page of 14,000 x 20,000 pixels, whose details are shown as tiles. What decodes to
# more memory than the steps may take is refused all the same: a JPEG is read at a size
# near the wanted one, a PNG of so many pixels fits in grey, not in colour.
MOST_PIXELS = 300_000_000

# Written out in full, so that a released version does not change with a default.
PARAMS: dict[str, Mapping[str, Any]] = {
    "input_gate": {**input_gate.DEFAULTS, "max_pixels": MOST_PIXELS},
    "normalize": {**normalize.DEFAULTS, "max_pixels": MOST_PIXELS},
    "thumbnail": {"width": 320},
    "ocr": ocr.DEFAULTS,
    "layout": layout.DEFAULTS,
    "extract": extract.DEFAULTS,
    "verify": verify.DEFAULTS,
    "disposition": {
        "critical_confidence": acceptance.CRITICAL_CONFIDENCE,
        "verified_confidence": acceptance.VERIFIED_CONFIDENCE,
        "required_confidence": acceptance.REQUIRED_CONFIDENCE,
        "type_confidence": acceptance.TYPE_CONFIDENCE,
    },
}


def manifest(document_types: Sequence[DocumentTypeSpec]) -> Manifest:
    """The built-in manifest: newest code of each step, this machine's engines."""
    versions = latest_versions()
    return Manifest(
        steps=tuple(
            StepEntry(step, versions[step], engine, dict(PARAMS.get(step, {})))
            for step, engine in STEPS
        ),
        engines=engines_here(alias for _, alias in STEPS if alias),
        document_types=tuple(document_types),
    )
