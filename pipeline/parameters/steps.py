from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.extracting import acceptance
from pipeline.manifest import Manifest, StepEntry
from pipeline.parameters.parameter import Parameter
from pipeline.parameters.vision import VISION
from pipeline.steps import extract, input_gate, layout, normalize, ocr, verify
from pipeline.wording import plain

CONFIDENCE = "Accepted without a person from this confidence (0 to 1)."
SECONDS = (
    "Processor time that one file may take; a busy machine gets more of the clock."
)
MEMORY = "Megabytes that one file may take."


def _of(
    step: str, defaults: Mapping[str, Any], *rows: tuple[Any, ...]
) -> tuple[Parameter, ...]:
    """rows: name, label, help text, least, most."""
    return tuple(
        Parameter((step,), name, label, text, defaults[name], least, most)
        for name, label, text, least, most in rows
    )


def _limits(step: str, defaults: Mapping[str, Any]) -> tuple[Parameter, ...]:
    return _of(
        step,
        defaults,
        ("seconds", "Seconds a file", SECONDS, 1, 600),
        ("memory_mb", "Memory a file", MEMORY, 128, 8192),
    )


# The pages that the gate lets in are drawn and read under the same limits.
_SHARED = (
    Parameter(
        ("input_gate", "normalize", "ocr"),
        "max_pages",
        "Most pages",
        "A longer document is rejected.",
        input_gate.DEFAULTS["max_pages"],
        1,
        1000,
    ),
    Parameter(
        ("input_gate", "normalize"),
        "max_pixels",
        "Most pixels of a page",
        "A larger one is rejected.",
        input_gate.DEFAULTS["max_pixels"],
        1_000_000,
        1_000_000_000,
    ),
)
_GATE = _of(
    "input_gate",
    input_gate.DEFAULTS,
    ("min_side_px", "Shortest side in pixels", "Below: too small.", 1, 10_000),
    ("min_pixels", "Fewest pixels of a page", "Below: too small.", 1, 100_000_000),
    ("max_blur", "Most blur", "0 is sharp, 1 has no edge. Above: blurred.", 0, 1),
    ("min_light", "Least light", "0 is black, 1 is white. Below: too dark.", 0, 1),
    ("min_ink", "Least ink", "Share of dark points. Below: blank.", 0, 1),
    ("min_contrast", "Least contrast", "A soft page with less is blank.", 0, 1),
)
_NORMALIZE = _of(
    "normalize",
    normalize.DEFAULTS,
    ("dpi", "Points an inch", "At which pages of a PDF are drawn.", 50, 600),
    (
        "max_page_pixels",
        "Most pixels of a page picture",
        "A larger page is made smaller.",
        100_000,
        100_000_000,
    ),
    ("max_side", "Longest side of a page picture", "In pixels.", 500, 20_000),
    ("jpeg_quality", "Quality of page pictures", "Of JPEG, in percent.", 30, 100),
)
_OCR = (
    *_of(
        "ocr",
        ocr.DEFAULTS,
        (
            "ocr_seconds",
            "Seconds for all pages",
            "By the clock, before reading from pictures ends.",
            10,
            3600,
        ),
        ("turn", "Set pages upright", "Scans that lie on a side.", None, None),
    ),
)
_THUMBNAIL = _of(
    "thumbnail",
    {"width": 320},
    ("width", "Width of the small picture", "In pixels.", 64, 1200),
)
_LAYOUT = (
    Parameter(
        ("layout",),
        "template",
        "Template keys are made from",
        "Keys of one way do not match those of the other.",
        layout.DEFAULTS["template"],
        choices=(
            ("sections", "sender, form sections and where tables begin"),
            ("steps", "the words' steps down the page, as before layout 1.1.0"),
        ),
    ),
)
_EXTRACT = (
    Parameter(
        ("extract",),
        "charges",
        "Charges below the table are",
        "Freight, packing and the like, between net and gross amount.",
        extract.DEFAULTS["charges"],
        choices=(
            ("apart", "part of the total, and no line items"),
            ("lines", "line items after the others"),
        ),
    ),
)
_VERIFY = (
    Parameter(
        ("verify",),
        "today",
        "Dates are compared with the day",
        "A reading by the day of the run is another one on another day.",
        verify.DEFAULTS["today"],
        choices=(
            ("received", "on which the original came in"),
            ("run", "of the run, as before verify 1.1.0"),
        ),
    ),
)
_DISPOSITION = _of(
    "disposition",
    {
        "critical_confidence": acceptance.CRITICAL_CONFIDENCE,
        "verified_confidence": acceptance.VERIFIED_CONFIDENCE,
        "required_confidence": acceptance.REQUIRED_CONFIDENCE,
        "type_confidence": acceptance.TYPE_CONFIDENCE,
    },
    (
        "critical_confidence",
        "Critical value that no check confirms",
        CONFIDENCE,
        0.0,
        1.0,
    ),
    (
        "verified_confidence",
        "Critical value that a check confirms",
        CONFIDENCE,
        0.0,
        1.0,
    ),
    (
        "required_confidence",
        "Required value that is not critical",
        CONFIDENCE,
        0.0,
        1.0,
    ),
    (
        "type_confidence",
        "Document type",
        "Trusted without a person from this confidence (0 to 1).",
        0.0,
        1.0,
    ),
)
PARAMETERS: tuple[Parameter, ...] = (
    *_SHARED,
    *_GATE,
    *_limits("input_gate", input_gate.DEFAULTS),
    *_NORMALIZE,
    *_limits("normalize", normalize.DEFAULTS),
    *_OCR,
    *_limits("ocr", ocr.DEFAULTS),
    *_THUMBNAIL,
    *_LAYOUT,
    *_EXTRACT,
    *VISION,
    *_VERIFY,
    *_DISPOSITION,
)


def of_step(entry: StepEntry) -> list[Parameter]:
    """Those that are shown under a step: a shared one under the first that takes it.

    What a version sets and nobody described is shown by its name.
    """
    known = [one for one in PARAMETERS if one.is_of(entry.step, entry.version)]
    described = {one.name for one in known}
    found = [one for one in known if one.steps[0] == entry.step]
    for name, value in entry.params.items():
        if name not in described and isinstance(value, bool | int | float | str):
            found.append(Parameter((entry.step,), name, plain(name), "", value))
    return found


def with_values(manifest: Manifest, given: Mapping[Parameter, Any]) -> Manifest:
    """The manifest with these values; what says the same already stays as it is.

    A value is written down even where it is the default: a released version must not
    change with one. What the base left out stays left out, so that its results can be
    taken over.
    """
    steps = []
    for entry in manifest.steps:
        params = dict(entry.params)
        for parameter, value in given.items():
            if not parameter.is_of(entry.step, entry.version):
                continue
            if value != parameter.value_in(params):
                params[parameter.name] = value
        steps.append(StepEntry(entry.step, entry.version, entry.engine, params))
    return Manifest(tuple(steps), manifest.engines, manifest.document_types)
