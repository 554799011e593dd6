"""The options of an engine: described here, or read off its constructor."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string

from pipeline.parameters.parameter import Parameter

_RAPIDOCR = "pipeline.engines.rapidocr.RapidOcrEngine"
DESCRIBED: Mapping[tuple[str, str], Mapping[str, Any]] = {
    (_RAPIDOCR, "min_confidence"): {
        "label": "Least confidence of a line",
        "help_text": "Lines read with less are left out (0 to 1).",
        "least": 0.0,
        "most": 1.0,
    },
    (_RAPIDOCR, "max_pixels"): {
        "label": "Most pixels that are looked at",
        "help_text": "More finds smaller letters, and takes longer.",
        "least": 100_000,
        "most": 10_000_000,
    },
}
# What decides no result, but where and how fast it is made: settings say it.
_TYPES = (bool, int, float, str)


def options_of(
    alias: str, backend: str, *, runtime: Mapping[str, Any]
) -> list[Parameter]:
    """The backend's options that can be set in a form: flags, numbers and short texts.

    runtime: what settings keep to themselves. Raises ImportError.
    """
    signature = inspect.signature(import_string(backend))
    found = []
    for name, argument in signature.parameters.items():
        kind = type(argument.default)
        if name in runtime or argument.default is argument.empty or kind not in _TYPES:
            continue
        words = {
            "label": name.replace("_", " ").capitalize(),
            "help_text": "",
            **DESCRIBED.get((backend, name), {}),
        }
        found.append(
            Parameter((f"engine_{alias}",), name, default=argument.default, **words)
        )
    return found
