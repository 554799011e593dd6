"""What a version sets of the extract step that shows pictures to a service."""

from __future__ import annotations

from pipeline.parameters.parameter import Parameter
from pipeline.steps.extract_pictures import DEFAULTS

_ROWS: tuple[tuple[str, str, str, float | None, float | None], ...] = (
    ("prompt", "Prompt", "What the model is told before each picture.", None, None),
    (
        "crops",
        "Show parts of pages",
        "Letterhead, tables and what stands below them, where the layout knows a table;"
        " otherwise whole pages.",
        None,
        None,
    ),
    (
        "boxes",
        "Ask where values stand",
        "A box only chooses between words that say the same; it makes answers longer.",
        None,
        None,
    ),
    (
        "longest_side",
        "Longest side of a picture that is sent",
        "In pixels. More shows smaller letters, and costs more tokens.",
        256,
        8192,
    ),
    (
        "most_pages",
        "Most pages that are shown",
        "Of a document whose layout knows no table; they are taken from the front.",
        1,
        200,
    ),
    (
        "most_output",
        "Longest answer",
        "In tokens. An answer that is cut off is asked for once more, twice as long.",
        64,
        65_536,
    ),
    (
        "most_tokens",
        "Budget of a document in tokens",
        "Of questions and answers together. What would go beyond is not asked, and the"
        " reading ends there. 0: no limit.",
        0,
        100_000_000,
    ),
    (
        "most_micro_usd",
        "Budget of a document in millionths of a US dollar",
        "As the budget in tokens; 20,000 are two cents. It needs the model's price."
        " 0: no limit.",
        0,
        1_000_000_000,
    ),
)
VISION: tuple[Parameter, ...] = tuple(
    Parameter(
        ("extract",), name, label, text, DEFAULTS[name], least, most, variant="pictures"
    )
    for name, label, text, least, most in _ROWS
)
