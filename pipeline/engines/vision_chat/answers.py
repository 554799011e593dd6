"""Answers as they are kept: the digest of what was asked, and what came back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.engines.service_error import ServiceError, ServiceReason
from pipeline.engines.tariff import Usage
from pipeline.engines.vision_chat.parts import Part

_MODEL_NAME = re.compile(r"[\w.:/@+-]{1,200}")
UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Answer:
    """request: the digest of all that was sent, pictures included. response: the body
    of the service's answer. usable is False for one that was asked for again.
    document_type is the type whose fields were asked for; "" asked for the type itself.
    """

    part: Part
    document_type: str
    request: str
    asked: str
    boxes: bool
    response: Mapping[str, Any]
    usable: bool = True

    @property
    def reported(self) -> str:
        """The model that the service says it was; no text that could hold more."""
        name = self.response.get("model")
        named = isinstance(name, str) and _MODEL_NAME.fullmatch(name)
        return str(name) if named else UNNAMED

    def content(self) -> str:
        """What the model said. Raises ServiceError where it was cut off or refused."""
        choice = _first(self.response.get("choices"))
        message = choice.get("message")
        if not isinstance(message, dict):
            raise ServiceError(ServiceReason.UNREADABLE, "an answer says nothing")
        if choice.get("finish_reason") == "length":
            raise ServiceError(ServiceReason.CUT_OFF, "an answer is cut off")
        text = message.get("content")
        filtered = choice.get("finish_reason") == "content_filter"
        if filtered or message.get("refusal") or not isinstance(text, str):
            raise ServiceError(ServiceReason.NOT_GIVEN, "the model gave no answer")
        return text

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part.as_json(),
            "document_type": self.document_type,
            "request": self.request,
            "asked": self.asked,
            "reported": self.reported,
            "boxes": self.boxes,
            "usable": self.usable,
            "response": dict(self.response),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        return cls(
            part=Part.from_json(data["part"]),
            document_type=data["document_type"],
            request=data["request"],
            asked=data["asked"],
            boxes=data["boxes"],
            response=data["response"],
            usable=data["usable"],
        )


def usage_of(response: Mapping[str, Any], estimated: Usage) -> Usage:
    """The tokens of one call: as the service reports them, else the estimate."""
    said = response.get("usage")
    said = said if isinstance(said, dict) else {}
    given, made = _count(said, "prompt_tokens"), _count(said, "completion_tokens")
    details = said.get("prompt_tokens_details")
    details = details if isinstance(details, dict) else {}
    cached, images = _count(details, "cached_tokens"), _count(details, "image_tokens")
    comparable = bool(given) and bool(estimated.images)
    return Usage(
        calls=1,
        reported=int(bool(given)),
        input=given or estimated.input,
        output=made if given else estimated.output,
        cached=min(cached, given),
        images=images or estimated.images,
        estimated_input=estimated.input,
        both_reported=given if comparable else 0,
        both_estimated=estimated.input if comparable else 0,
    )


def _count(said: Mapping[str, Any], name: str) -> int:
    count = said.get(name)
    sane = isinstance(count, int) and not isinstance(count, bool)
    return max(0, min(int(count or 0), 10**9)) if sane else 0


def _first(choices: Any) -> Mapping[str, Any]:
    found = choices[0] if isinstance(choices, list) and choices else {}
    return found if isinstance(found, dict) else {}
