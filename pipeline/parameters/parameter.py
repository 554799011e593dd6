from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.steps.registry import VARIANT


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that one or more steps, or an engine, take under this name.

    Its type is that of its default. least and most bound a number; choices are (value,
    words) of a text that is one of a few. variant: of the step's code that takes it;
    "" is the plain one.
    """

    steps: tuple[str, ...]
    name: str
    label: str
    help_text: str
    default: Any
    least: float | None = None
    most: float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    variant: str = ""

    @property
    def field_name(self) -> str:
        return f"{self.steps[0]}_{self.name}"

    def is_of(self, step: str, version: str) -> bool:
        """Whether the step takes it, in this version of its code."""
        variant = version.partition(VARIANT)[2]
        return step in self.steps and self.variant == variant

    def value_in(self, params: Mapping[str, Any]) -> Any:
        return params.get(self.name, self.default)

    def said(self, value: Any) -> str:
        """The value as people write it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float):
            return f"{value:,}"
        return dict(self.choices).get(value) or str(value) or "empty"
