"""What may be expected of a result: the weakest promise of all that went into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.module_loading import import_string

from pipeline.manifest import Manifest, StepEntry
from pipeline.steps.base import Determinism
from pipeline.steps.registry import step_named

# From what promises most to what promises least.
ORDER = tuple(Determinism)
FREE = (Determinism.STOCHASTIC, Determinism.REMOTE)


@dataclass(frozen=True, slots=True)
class Promise:
    """tolerance: by how much a number may differ; volatile: keys that may differ."""

    determinism: Determinism = Determinism.BITWISE
    tolerance: float = 0.0
    volatile: frozenset[str] = frozenset()

    @property
    def is_free(self) -> bool:
        """Whether another result is no surprise."""
        return self.determinism in FREE

    def and_of(self, other: Promise) -> Promise:
        weaker = max((self.determinism, other.determinism), key=ORDER.index)
        return Promise(
            weaker,
            max(self.tolerance, other.tolerance),
            self.volatile | other.volatile,
        )


def promise_of(manifest: Manifest, entry: StepEntry) -> Promise:
    """What the step declares, weakened by what the engine that it calls declares.

    An engine that declares nothing is taken at its weights: none here means that a
    service answers. Raises UnknownStep, ImportError.
    """
    own = Promise(step_named(entry.step, entry.version).determinism)
    if not entry.engine:
        return own
    engine = manifest.engines[entry.engine]
    backend = import_string(engine["backend"])
    unsaid = Determinism.BITWISE if engine["weights_digest"] else Determinism.REMOTE
    declared = Promise(
        Determinism(getattr(backend, "determinism", unsaid)),
        float(getattr(backend, "tolerance", 0.0)),
        frozenset(getattr(backend, "volatile", ())),
    )
    return own.and_of(declared)


def weakest(promises: Iterable[Promise]) -> Promise:
    found = Promise()
    for promise in promises:
        found = found.and_of(promise)
    return found
