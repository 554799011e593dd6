"""Which components of a pipeline differ between two manifests. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.manifest import Manifest

STEP = "step"
CODE = "code"
ENGINE = "engine"
MODEL = "model"
PARAMETERS = "parameters"
DOCUMENT_TYPE = "document type"
# The version is not known here, so nobody can say what it did.
UNKNOWN = "unknown version"


@dataclass(frozen=True, slots=True, order=True)
class Component:
    """kind: one of the words above; name: of the step, engine or document type."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Change:
    """was and now in short words; empty where there was or is none."""

    component: Component
    was: str = ""
    now: str = ""


def changes_between(old: Manifest, new: Manifest) -> list[Change]:
    """One a component, in the order of the steps; empty where both do the same."""
    return [*_steps(old, new), *_models(old, new), *_types(old, new)]


def _steps(old: Manifest, new: Manifest) -> Iterator[Change]:
    before = {entry.step: entry for entry in old.steps}
    after = {entry.step: entry for entry in new.steps}
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield Change(Component(STEP, name), *_both(was, now))
            continue
        if was.version != now.version:
            yield Change(Component(CODE, name), was.version, now.version)
        if was.engine != now.engine:
            yield Change(Component(ENGINE, name), was.engine, now.engine)
        if was.params != now.params:
            yield Change(Component(PARAMETERS, name), *_params(was.params, now.params))


def _both(was: object, now: object) -> tuple[str, str]:
    return ("there" if was else "not there", "there" if now else "not there")


def _params(was: dict[str, Any], now: dict[str, Any]) -> tuple[str, str]:
    """Only those that differ: "dpi=200", "dpi=300"."""
    names = [n for n in sorted(was | now) if was.get(n) != now.get(n)]
    sides = (
        ", ".join(f"{n}={side[n]}" if n in side else f"no {n}" for n in names)
        for side in (was, now)
    )
    return next(sides), next(sides)


def _models(old: Manifest, new: Manifest) -> Iterator[Change]:
    for alias in dict.fromkeys([*new.engines, *old.engines]):
        was, now = old.engines.get(alias), new.engines.get(alias)
        if was == now:
            continue
        names = [str(side["model_id"]) if side else "" for side in (was, now)]
        if names[0] == names[1]:
            names = [f"{names[0]}, other weights or options"] * 2
        yield Change(Component(MODEL, alias), *names)


def _types(old: Manifest, new: Manifest) -> Iterator[Change]:
    before = {spec.name: spec for spec in old.document_types}
    after = {spec.name: spec for spec in new.document_types}
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield Change(Component(DOCUMENT_TYPE, name), *_both(was, now))
        elif was != now:
            parts = ", ".join(
                part for part in asdict(now) if getattr(was, part) != getattr(now, part)
            )
            yield Change(Component(DOCUMENT_TYPE, name), parts, f"other {parts}")
