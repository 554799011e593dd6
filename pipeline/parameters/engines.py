"""The options of an engine: described here, or read off its constructor."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string

from pipeline.parameters.parameter import Parameter

# The option that is a model's name, to be chosen from those that are registered.
MODEL = "model"
_VISION = "pipeline.engines.vision_chat.engine.VisionChatEngine"
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
    (_VISION, MODEL): {
        "label": "Model",
        "help_text": "As the service calls it. Another one is entered under Models.",
        "default": "",
    },
    (_VISION, "answers_as"): {
        "label": "Answers must call themselves",
        "help_text": "The model name that answers report; answers of another one end"
        " the reading. Empty: any.",
    },
    (_VISION, "temperature"): {
        "label": "Temperature",
        "help_text": "0 gives the likeliest answer. Some models take no other than 1.",
        "default": 0.0,
        "least": 0.0,
        "most": 2.0,
    },
    (_VISION, "output_limit"): {
        "label": "The longest answer is asked for as",
        "help_text": "What the service calls it.",
        "choices": (
            ("max_completion_tokens", "max_completion_tokens"),
            ("max_tokens", "max_tokens, as older servers do"),
        ),
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
        words = {
            "label": name.replace("_", " ").capitalize(),
            "help_text": "",
            "default": argument.default,
            **DESCRIBED.get((backend, name), {}),
        }
        # One without a default has an empty class for it, which is of no type below.
        if name in runtime or type(words["default"]) not in _TYPES:
            continue
        found.append(Parameter((f"engine_{alias}",), name, **words))
    return found
