"""(step name, code version) -> the step's code.

A released version names its steps by these pairs, so an old pair stays here, runnable,
as long as an artifact names it. Where a parameter turns off what came later, an old
pair is today's code with that parameter.

A version may end in a word for a variant, as in "1.0.0+pictures": code of the same step
for another sort of engine. Variants stand beside the plain versions and replace none,
so that what those made stays valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pipeline.steps.base import Determinism, Step, StepInput, StepResult

VARIANT = "+"
# Role of an engine to the steps that are of the same variant as the one that calls it.
FOLLOWING: Mapping[str, tuple[str, ...]] = {"extract": ("ground",)}


class Earlier:
    """A step as it was in an earlier version; then are the parameters that say how."""

    def __init__(
        self,
        step: Step,
        version: str,
        *,
        determinism: Determinism | None = None,
        **then: Any,
    ) -> None:
        self.name = step.name
        self.version = version
        self.reads = step.reads
        self.reads_types = step.reads_types
        self.keeps = step.keeps
        self.determinism = determinism or step.determinism
        self.step = step
        self.then = then

    def run(self, given: StepInput) -> StepResult:
        return self.step.run(replace(given, params={**given.params, **self.then}))


@cache
def _steps() -> dict[tuple[str, str], Step]:
    from pipeline.steps.disposition import DispositionStep
    from pipeline.steps.extract import ExtractStep
    from pipeline.steps.extract_pictures import ExtractFromPictures
    from pipeline.steps.ground import GroundStep
    from pipeline.steps.ground_loosely import GroundLoosely
    from pipeline.steps.index import IndexStep
    from pipeline.steps.input_gate import InputGate
    from pipeline.steps.layout import LayoutStep
    from pipeline.steps.normalize import Normalize
    from pipeline.steps.ocr import Ocr
    from pipeline.steps.thumbnail import Thumbnail
    from pipeline.steps.verify import VerifyStep

    steps: tuple[Step, ...] = (
        InputGate(),
        Normalize(),
        Thumbnail(),
        Earlier(Ocr(), "1.0.0", turn=False),
        Ocr(),
        Earlier(LayoutStep(), "1.0.0", template="steps"),
        LayoutStep(),
        Earlier(ExtractStep(), "1.0.0", charges="apart"),
        ExtractStep(),
        ExtractFromPictures(),
        GroundStep(),
        GroundLoosely(),
        Earlier(VerifyStep(), "1.0.0", determinism=Determinism.STOCHASTIC, today="run"),
        VerifyStep(),
        IndexStep(),
        DispositionStep(),
    )
    return {(step.name, step.version): step for step in steps}


class UnknownStep(Exception):
    """The code of this step version is not here any more (or not yet)."""


def step_named(name: str, version: str) -> Step:
    """Raises UnknownStep."""
    try:
        return _steps()[name, version]
    except KeyError as error:
        raise UnknownStep(f"{name} {version}") from error


def latest_versions() -> dict[str, str]:
    """Step name to the newest plain version of its code: the last of its name above."""
    return {name: version for name, version in _steps() if VARIANT not in version}


def variant_of(name: str, version: str, variant: str) -> str:
    """The newest version of a step's code for a variant; without one, the version.

    "" asks for the plain code: of a plain version that is the version itself.
    """
    if not variant:
        return latest_versions()[name] if VARIANT in version else version
    ending = f"{VARIANT}{variant}"
    found = [v for step, v in _steps() if step == name and v.endswith(ending)]
    return found[-1] if found else version


def all_steps() -> list[Step]:
    """Every step version that can run here, the newest of its name last."""
    return list(_steps().values())
